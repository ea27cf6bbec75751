/*
 * librdkafka's mock cluster with a consumer beside it, for the tests of Kafka targets. Prints where the cluster is, then
 * obeys commands, one a line, and answers each with "ok":
 *
 *   topic NAME PARTITIONS   creates a topic
 *   topicerror NAME CODE    asked for the topic, the cluster answers with the error
 *   produceerror CODE       the next request to produce gets the error
 *   down, up                stops and starts the broker; what it has stays
 *   read NAME PARTITIONS    prints all records of the topic that were not read before:
 *                           "record PARTITION KEY VALUE NAME=VALUE …", the texts in hexadecimal digits
 */
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PARTITIONS 16
#define TIMEOUT_MS 20000
#define PRODUCE 0
#define BROKER 1

static int64_t positions[MAX_PARTITIONS];

static void print_hex(const void *data, size_t size) {
  const unsigned char *bytes = data;
  if (size == 0) printf("-");
  for (size_t i = 0; i < size; i++) printf("%02x", bytes[i]);
}

static void print_record(const rd_kafka_message_t *message) {
  rd_kafka_headers_t *headers;
  printf("record %d ", message->partition);
  print_hex(message->key, message->key_len);
  printf(" ");
  print_hex(message->payload, message->len);
  if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char *name;
    const void *value;
    size_t size;
    for (size_t i = 0; rd_kafka_header_get_all(headers, i, &name, &value, &size) == 0; i++) {
      printf(" ");
      print_hex(name, strlen(name));
      printf("=");
      print_hex(value, size);
    }
  }
  printf("\n");
}

static void fail(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

static rd_kafka_t *create(rd_kafka_type_t type, const char *bootstrap) {
  char error[512];
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "log_level", "0", NULL, 0);
  if (bootstrap) {
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, NULL, 0);
    rd_kafka_conf_set(conf, "group.id", "tests", NULL, 0);
    rd_kafka_conf_set(conf, "check.crcs", "true", NULL, 0);
  }
  rd_kafka_t *client = rd_kafka_new(type, conf, error, sizeof(error));
  if (!client) fail("rd_kafka_new", error);
  return client;
}

static void read_partition(rd_kafka_t *consumer, const char *topic, int partition) {
  int64_t low, high;
  rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(consumer, topic, partition, &low, &high, TIMEOUT_MS);
  if (code) fail("watermarks", rd_kafka_err2str(code));
  if (positions[partition] >= high) return;
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic, partition)->offset = positions[partition];
  rd_kafka_assign(consumer, list);
  rd_kafka_topic_partition_list_destroy(list);
  while (positions[partition] < high) {
    rd_kafka_message_t *message = rd_kafka_consumer_poll(consumer, TIMEOUT_MS);
    if (!message) fail("read", "no record in time");
    if (!message->err) {
      print_record(message);
      positions[partition] = message->offset + 1;
    }
    rd_kafka_message_destroy(message);
  }
  rd_kafka_assign(consumer, NULL);
}

int main(void) {
  rd_kafka_t *owner = create(RD_KAFKA_PRODUCER, NULL);
  rd_kafka_mock_cluster_t *cluster = rd_kafka_mock_cluster_new(owner, 1);
  rd_kafka_t *consumer = create(RD_KAFKA_CONSUMER, rd_kafka_mock_cluster_bootstraps(cluster));
  char line[512], name[256];
  int number;
  printf("cluster %s\n", rd_kafka_mock_cluster_bootstraps(cluster));
  fflush(stdout);
  while (fgets(line, sizeof(line), stdin)) {
    if (sscanf(line, "topic %255s %d", name, &number) == 2)
      rd_kafka_mock_topic_create(cluster, name, number, 1);
    else if (sscanf(line, "topicerror %255s %d", name, &number) == 2)
      rd_kafka_mock_topic_set_error(cluster, name, (rd_kafka_resp_err_t)number);
    else if (sscanf(line, "produceerror %d", &number) == 1)
      rd_kafka_mock_push_request_errors(cluster, PRODUCE, 1, (rd_kafka_resp_err_t)number);
    else if (strcmp(line, "down\n") == 0)
      rd_kafka_mock_broker_set_down(cluster, BROKER);
    else if (strcmp(line, "up\n") == 0)
      rd_kafka_mock_broker_set_up(cluster, BROKER);
    else if (sscanf(line, "read %255s %d", name, &number) == 2 && number <= MAX_PARTITIONS)
      for (int partition = 0; partition < number; partition++) read_partition(consumer, name, partition);
    else
      fail("unknown command", line);
    printf("ok\n");
    fflush(stdout);
  }
  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  rd_kafka_mock_cluster_destroy(cluster);
  rd_kafka_destroy(owner);
  return 0;
}
