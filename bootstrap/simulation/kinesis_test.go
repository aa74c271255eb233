package simulation_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// putRecords answers Kinesis's PutRecords: some records may fail, and those that do
// not are on their shards in any order.
func putRecords(f *feed) func(operation string, body []byte) (int, any) {
	type entry struct {
		Data         []byte
		PartitionKey string
	}
	return func(_ string, body []byte) (int, any) {
		var in struct{ Records []entry }
		if err := json.Unmarshal(body, &in); err != nil {
			return invalid(err)
		}
		w := f.w
		results := make([]map[string]string, len(in.Records))
		failed := 0
		for _, i := range w.dice.Perm(len(in.Records)) {
			e := in.Records[i]
			if w.plan.hits(w, w.plan.partial, "kinesis: failed record") {
				failed++
				code := []string{"ProvisionedThroughputExceededException", "InternalFailure"}[w.pick(2)]
				results[i] = map[string]string{"ErrorCode": code, "ErrorMessage": "simulated"}
				continue
			}
			position, s := f.position(), f.shardOf(e.PartitionKey)
			f.add(s, position, feedRecord(e.PartitionKey, e.Data))
			w.order.published(e.Data)
			results[i] = map[string]string{"SequenceNumber": position, "ShardId": s.id}
		}
		return http.StatusOK, map[string]any{"FailedRecordCount": failed, "Records": results}
	}
}

// feedRecord makes a record of Kinesis as Lambda hands it over.
func feedRecord(key string, data []byte) func(shard, position string, arrived time.Time) any {
	return func(shard, position string, arrived time.Time) any {
		return map[string]any{
			"kinesis": map[string]any{
				"kinesisSchemaVersion": "1.0", "partitionKey": key, "sequenceNumber": position, "data": data,
				"approximateArrivalTimestamp": json.Number(fmt.Sprintf("%d.%03d", arrived.Unix(), arrived.Nanosecond()/1e6)),
			},
			"eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": shard + ":" + position, "eventName": "aws:kinesis:record",
			"awsRegion": "eu-central-1", "eventSourceARN": "arn:aws:kinesis:" + accountARN + ":stream/" + prefix + "-all-events",
		}
	}
}
