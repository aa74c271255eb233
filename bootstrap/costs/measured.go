package costs

import (
	_ "embed"
	"encoding/json"
)

// Measured is what the life of one cart takes: opened, filled with five priced
// items, one quantity changed, one item taken out, closed. The tests count it on
// DynamoDB's local server; transactions count twice, as AWS has it.
type Measured struct {
	Commands int `json:"commands"` // that recorded something
	Events   int `json:"events"`
	Told     int `json:"told"` // of the outside world

	Cold      Units `json:"cold"` // of the commands, each in a process that knows no cart
	Warm      Units `json:"warm"` // of the commands, all in one process
	Carts     Units `json:"project-carts"`
	Related   Units `json:"project-related"`
	Notify    Units `json:"notify"`
	Items     int   `json:"item_bytes"`    // of the events table, all commits together
	Records   int   `json:"record_bytes"`  // of the feed, each rounded up to 1 KiB
	WireBytes int   `json:"wire_bytes"`    // of the feed, as sent
	Archived  int   `json:"archive_bytes"` // of one event in an object of a thousand
}

// Units are DynamoDB's.
type Units struct {
	Requests int     `json:"requests"`
	Reads    float64 `json:"reads"`
	Writes   float64 `json:"writes"`
}

//go:embed measured.json
var measured []byte

// Counted returns what the tests counted.
func Counted() (Measured, error) {
	var m Measured
	err := json.Unmarshal(measured, &m)
	return m, err
}
