package simulation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
)

// random are the members of requests that are other bytes in each run: they tell one
// write from another, and nothing depends on which they are.
func random(member string) bool {
	switch member {
	case "Mark", "Holder", ":holder", "ClientRequestToken":
		return true
	}
	return false
}

// digest tells requests apart, whatever the order of their members, which the SDK
// writes as its maps have them.
func digest(body []byte) (uint64, error) {
	var value any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return 0, err
	}
	return digestOf("", value), nil
}

func digestOf(name string, value any) uint64 {
	sum := fnv.New64a()
	switch v := value.(type) {
	case map[string]any:
		members := uint64(0)
		for name, member := range v {
			if !random(name) {
				members += digestOf(name, member)
			}
		}
		fmt.Fprintf(sum, "%s {%x}", name, members)
	case []any:
		fmt.Fprintf(sum, "%s [", name)
		for _, one := range v {
			fmt.Fprintf(sum, "%x", digestOf("", one))
		}
	case string:
		_, _ = sum.Write([]byte(name))
		_, _ = sum.Write([]byte{0})
		_, _ = sum.Write([]byte(v))
	default:
		fmt.Fprintf(sum, "%s %v", name, v)
	}
	return sum.Sum64()
}
