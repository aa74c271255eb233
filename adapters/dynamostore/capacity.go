package dynamostore

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// consumed meters what a call cost, in thousandths of a capacity unit.
func (s *EventStore) consumed(c *types.ConsumedCapacity, write bool) {
	if c == nil || c.CapacityUnits == nil {
		return
	}
	metric := ports.MetricReadUnits
	if write {
		metric = ports.MetricWriteUnits
	}
	s.meter.Add(metric, value(c.TableName), int64(*c.CapacityUnits*1000))
}
