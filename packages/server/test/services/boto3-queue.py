"""Rows of behaviour that boto3 users rely on: `python3 boto3-queue.py <endpoint>` prints `ok <row>` or `FAILED <row>: why`."""

import hashlib
import json
import sys
import time
import traceback
import urllib.parse
import urllib.request

import boto3
from botocore.exceptions import ClientError

ENDPOINT = sys.argv[1]
sqs = boto3.client("sqs", endpoint_url=ENDPOINT)
resource = boto3.resource("sqs", endpoint_url=ENDPOINT)
ROWS = []
FIFO = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}


def row(function):
    ROWS.append(function)
    return function


def new(name, **attributes):
    return sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]


def arn(url):
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]


def receive(url, count=10, **more):
    answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=count, **more)
    return answer.get("Messages", [])


def bodies(messages):
    return [message["Body"] for message in messages]


def fails(code, text, function, **parameters):
    try:
        function(**parameters)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response["Error"]
        assert text in error.response["Error"]["Message"], error.response["Error"]
        return
    raise AssertionError(f"{code} expected")


def query(**parameters):
    """The older protocol, which boto3 spoke until 2023."""
    data = urllib.parse.urlencode({"Version": "2012-11-05", **parameters}).encode()
    try:
        with urllib.request.urlopen(ENDPOINT, data) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@row
def queues_are_created_found_listed_and_deleted():
    url = new("plain")
    assert sqs.get_queue_url(QueueName="plain")["QueueUrl"] == url
    assert sqs.list_queues(QueueNamePrefix="plain")["QueueUrls"] == [url]
    sqs.delete_queue(QueueUrl=url)
    assert "QueueUrls" not in sqs.list_queues(QueueNamePrefix="plain")
    fails("AWS.SimpleQueueService.NonExistentQueue", "does not exist", sqs.get_queue_url, QueueName="plain")


@row
def exceptions_have_their_classes():
    try:
        sqs.send_message(QueueUrl=f"{ENDPOINT}/000000000000/nobody", MessageBody="x")
    except sqs.exceptions.QueueDoesNotExist:
        return
    raise AssertionError("QueueDoesNotExist expected")


@row
def attributes_of_a_fresh_queue():
    url = new("fresh")
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert sorted(attributes) == [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "CreatedTimestamp",
        "DelaySeconds",
        "LastModifiedTimestamp",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "QueueArn",
        "ReceiveMessageWaitTimeSeconds",
        "SqsManagedSseEnabled",
        "VisibilityTimeout",
    ], sorted(attributes)


@row
def encryption_kinds_exclude_each_other():
    url = new("secret", KmsMasterKeyId="alias/aws/sqs", KmsDataKeyReusePeriodSeconds="600")
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["SqsManagedSseEnabled"] == "false"
    assert attributes["KmsDataKeyReusePeriodSeconds"] == "600"


@row
def messages_with_attributes():
    url = new("attributed")
    attributes = {
        "text": {"DataType": "String", "StringValue": "é"},
        "number": {"DataType": "Number", "StringValue": "12"},
        "bytes": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
    }
    sent = sqs.send_message(QueueUrl=url, MessageBody="grüße", MessageAttributes=attributes)
    (message,) = receive(url, MessageAttributeNames=["All"], AttributeNames=["All"])
    assert message["MD5OfBody"] == hashlib.md5("grüße".encode()).hexdigest()
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]
    assert message["MessageAttributes"]["bytes"]["BinaryValue"] == b"\x00\xff"
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


@row
def the_resource_interface():
    queue = resource.create_queue(QueueName="resource")
    queue.send_messages(Entries=[{"Id": str(n), "MessageBody": str(n)} for n in range(3)])
    messages = queue.receive_messages(MaxNumberOfMessages=10)
    assert sorted(message.body for message in messages) == ["0", "1", "2"]
    queue.delete_messages(
        Entries=[{"Id": m.body, "ReceiptHandle": m.receipt_handle} for m in messages]
    )
    assert queue.receive_messages(VisibilityTimeout=0) == []


@row
def visibility_and_long_polls():
    url = new("polled")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    (message,) = receive(url)
    sqs.change_message_visibility(
        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=1
    )
    started = time.monotonic()
    (again,) = receive(url, WaitTimeSeconds=10)
    assert 0.5 < time.monotonic() - started < 5
    answer = sqs.change_message_visibility_batch(
        QueueUrl=url,
        Entries=[{"Id": "a", "ReceiptHandle": again["ReceiptHandle"], "VisibilityTimeout": 0}],
    )
    assert answer["Successful"] == [{"Id": "a"}]
    assert len(receive(url)) == 1


@row
def purge_once_a_minute():
    url = new("purged")
    sqs.send_message(QueueUrl=url, MessageBody="x")
    sqs.purge_queue(QueueUrl=url)
    assert receive(url) == []
    fails("AWS.SimpleQueueService.PurgeQueueInProgress", "purged", sqs.purge_queue, QueueUrl=url)


@row
def tags():
    url = new("tagged")
    sqs.tag_queue(QueueUrl=url, Tags={"a": "1", "b": "2"})
    sqs.untag_queue(QueueUrl=url, TagKeys=["a"])
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"] == {"b": "2"}
    sqs.untag_queue(QueueUrl=url, TagKeys=["b"])
    assert "Tags" not in sqs.list_queue_tags(QueueUrl=url)


@row
def fifo_order_and_lock():
    url = new("order.fifo", **FIFO)
    numbers = []
    for n in range(4):
        answer = sqs.send_message(QueueUrl=url, MessageBody=str(n), MessageGroupId="g")
        numbers.append(answer["SequenceNumber"])
    assert numbers == sorted(numbers)
    first = receive(url, 1, AttributeNames=["All"])
    assert bodies(first) == ["0"] and receive(url) == []
    assert first[0]["Attributes"]["SequenceNumber"] == numbers[0]
    assert first[0]["Attributes"]["MessageGroupId"] == "g"
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first[0]["ReceiptHandle"])
    assert bodies(receive(url)) == ["1", "2", "3"]


@row
def fifo_deduplication_by_body_and_id():
    url = new("once.fifo", **FIFO)
    one = sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="g")
    two = sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="h")
    assert (one["MessageId"], one["SequenceNumber"]) == (two["MessageId"], two["SequenceNumber"])
    send = {"QueueUrl": url, "MessageGroupId": "g", "MessageDeduplicationId": "id"}
    sqs.send_message(MessageBody="y", **send)
    sqs.send_message(MessageBody="z", **send)
    assert bodies(receive(url)) == ["x", "y"]


@row
def fifo_errors():
    url = new("strict.fifo", FifoQueue="true")
    fails("MissingParameter", "MessageGroupId", sqs.send_message, QueueUrl=url, MessageBody="x")
    fails(
        "InvalidParameterValue",
        "ContentBasedDeduplication enabled or MessageDeduplicationId provided",
        sqs.send_message,
        QueueUrl=url,
        MessageBody="x",
        MessageGroupId="g",
    )
    fails(
        "InvalidAttributeName",
        "You can specify the DeduplicationScope only when FifoQueue is set to true.",
        sqs.create_queue,
        QueueName="loose",
        Attributes={"DeduplicationScope": "queue"},
    )


@row
def fifo_handles_expire():
    url = new("expires.fifo", **FIFO)
    sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="g")
    (message,) = receive(url, VisibilityTimeout=1)
    time.sleep(1.1)
    fails(
        "InvalidParameterValue",
        "The receipt handle has expired.",
        sqs.delete_message,
        QueueUrl=url,
        ReceiptHandle=message["ReceiptHandle"],
    )


@row
def fifo_attempts_repeat():
    url = new("attempt.fifo", **FIFO)
    sqs.send_message(QueueUrl=url, MessageBody="x", MessageGroupId="g")
    one = receive(url, ReceiveRequestAttemptId="a")
    two = receive(url, ReceiveRequestAttemptId="a")
    assert one[0]["MessageId"] == two[0]["MessageId"]
    assert receive(url, ReceiveRequestAttemptId="b") == []


def buried(name):
    dead = new(f"{name}-dead")
    policy = {"deadLetterTargetArn": arn(dead), "maxReceiveCount": "1"}
    url = new(name, VisibilityTimeout="0", RedrivePolicy=json.dumps(policy))
    sent = sqs.send_message(QueueUrl=url, MessageBody="x")
    assert len(receive(url)) == 1 and receive(url) == []
    return url, dead, sent["MessageId"]


@row
def dead_letters_keep_their_id_and_name_their_source():
    url, dead, message_id = buried("bury")
    (message,) = receive(dead, AttributeNames=["All"])
    assert message["MessageId"] == message_id
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == arn(url)
    assert sqs.list_dead_letter_source_queues(QueueUrl=dead)["queueUrls"] == [url]


@row
def redrive_needs_a_queue_and_its_leave():
    dead = new("denies", RedriveAllowPolicy=json.dumps({"redrivePermission": "denyAll"}))
    policy = {"deadLetterTargetArn": arn(dead), "maxReceiveCount": 1}
    fails(
        "InvalidParameterValue",
        "RedrivePolicy",
        sqs.create_queue,
        QueueName="denied",
        Attributes={"RedrivePolicy": json.dumps(policy)},
    )


@row
def move_tasks_bring_messages_back():
    url, dead, _ = buried("moved")
    handle = sqs.start_message_move_task(SourceArn=arn(dead))["TaskHandle"]
    assert handle
    for _ in range(50):
        (task,) = sqs.list_message_move_tasks(SourceArn=arn(dead))["Results"]
        if task["Status"] == "COMPLETED":
            break
        time.sleep(0.1)
    assert task["ApproximateNumberOfMessagesMoved"] == 1, task
    assert len(receive(url)) == 1
    fails(
        "ResourceNotFoundException",
        "Task does not exist.",
        sqs.cancel_message_move_task,
        TaskHandle=handle,
    )


@row
def permissions_edit_the_policy():
    url = new("shared")
    sqs.add_permission(
        QueueUrl=url, Label="me", AWSAccountIds=["111111111111"], Actions=["SendMessage"]
    )
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
    (statement,) = json.loads(answer["Attributes"]["Policy"])["Statement"]
    assert statement["Sid"] == "me" and statement["Action"] == "SQS:SendMessage"
    sqs.remove_permission(QueueUrl=url, Label="me")
    assert "Attributes" not in sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])


@row
def batches_fail_entry_by_entry():
    url = new("batched")
    answer = sqs.send_message_batch(
        QueueUrl=url,
        Entries=[{"Id": "good", "MessageBody": "x"}, {"Id": "bad", "MessageBody": "x", "DelaySeconds": 901}],
    )
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert [(entry["Id"], entry["SenderFault"]) for entry in answer["Failed"]] == [("bad", True)]
    entries = [{"Id": str(n), "MessageBody": "x"} for n in range(11)]
    fails(
        "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
        "Maximum number of entries per request are 10. You have sent 11.",
        sqs.send_message_batch,
        QueueUrl=url,
        Entries=entries,
    )


@row
def the_query_protocol():
    status, body = query(
        **{
            "Action": "CreateQueue",
            "QueueName": "old.fifo",
            "Attribute.1.Name": "FifoQueue",
            "Attribute.1.Value": "true",
        }
    )
    assert status == 200 and "/000000000000/old.fifo</QueueUrl>" in body, body
    url = f"{ENDPOINT}/000000000000/old.fifo"
    send = {"Action": "SendMessage", "QueueUrl": url, "MessageBody": "x", "MessageGroupId": "g"}
    status, body = query(**send, MessageDeduplicationId="d")
    assert status == 200 and "<SequenceNumber>1" in body, body
    status, body = query(**{"Action": "ReceiveMessage", "QueueUrl": url, "AttributeName.1": "All"})
    assert "<Name>MessageGroupId</Name><Value>g</Value>" in body, body
    status, body = query(**{**send, "MessageGroupId": "a b"})
    assert status == 400 and "<Code>InvalidParameterValue</Code>" in body, body
    permission = {"Label": "l", "AWSAccountId.1": "111111111111", "ActionName.1": "SendMessage"}
    status, body = query(Action="AddPermission", QueueUrl=url, **permission)
    assert status == 200 and "<AddPermissionResponse" in body, body


@row
def the_query_protocol_words_a_missing_queue_differently():
    url = f"{ENDPOINT}/000000000000/nobody"
    status, body = query(Action="GetQueueAttributes", QueueUrl=url)
    assert status == 400
    assert "<Code>AWS.SimpleQueueService.NonExistentQueue</Code>" in body, body
    assert "The specified queue does not exist for this wsdl version." in body, body


for function in ROWS:
    try:
        function()
        print("ok", function.__name__)
    except Exception:
        print("FAILED", function.__name__, traceback.format_exc().replace("\n", " | "))
