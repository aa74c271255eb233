package dynamostore

import (
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/evercart/evercart/ports"
)

// total asks for what a call costs.
const total = types.ReturnConsumedCapacityTotal

// consumed meters what a call cost.
func (s *EventStore) consumed(c *types.ConsumedCapacity, write bool) {
	metric := ports.MetricReadUnits
	if write {
		metric = ports.MetricWriteUnits
	}
	addCapacity(s.meter, metric, one(c)...)
}

// consumed meters what a call cost.
func (v *Views) consumed(metric ports.Metric, costs ...types.ConsumedCapacity) {
	addCapacity(v.meter, metric, costs...)
}

// addCapacity counts costs in thousandths of a capacity unit, by table.
func addCapacity(meter ports.Meter, metric ports.Metric, costs ...types.ConsumedCapacity) {
	for _, c := range costs {
		if c.CapacityUnits != nil {
			meter.Add(metric, value(c.TableName), int64(*c.CapacityUnits*1000))
		}
	}
}

// one returns a cost as a list; none where DynamoDB told none.
func one(c *types.ConsumedCapacity) []types.ConsumedCapacity {
	if c == nil {
		return nil
	}
	return []types.ConsumedCapacity{*c}
}
