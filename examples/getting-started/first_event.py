import json

import boto3

events = boto3.client("events")
sqs = boto3.client("sqs")

queue = sqs.create_queue(QueueName="parcels")["QueueUrl"]
pattern = {"source": ["shop.orders"], "detail-type": ["OrderPaid"]}
events.put_rule(Name="on-paid", EventPattern=json.dumps(pattern))
arn = "arn:aws:sqs:us-east-1:000000000000:parcels"
events.put_targets(Rule="on-paid", Targets=[{"Id": "parcels", "Arn": arn}])

detail = json.dumps({"id": "o-1"})
entry = {"Source": "shop.orders", "DetailType": "OrderPaid", "Detail": detail}
events.put_events(Entries=[entry])

for message in sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]:
    print(json.loads(message["Body"])["detail"])
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
