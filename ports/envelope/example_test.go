package envelope_test

import (
	"fmt"

	"github.com/evercart/evercart/ports/envelope"
)

func ExampleScanner() {
	read := func(text string) (item string, quantity int64, err error) {
		s := envelope.Scan(text)
		for s.Object(); ; {
			key, ok := s.Field()
			if !ok {
				return item, quantity, s.End()
			}
			switch key {
			case "item":
				item = s.String()
			case "quantity":
				quantity = s.Int()
			default:
				s.Skip()
			}
		}
	}
	fmt.Println(read(`{"item":"tea","quantity":2,"unit_price":{"amount":499,"currency":"EUR"}}`))
	fmt.Println(read(`{"item":"tea","quantity":"2"}`))
	// Output:
	// tea 2 <nil>
	// tea 0 at byte 25: want an integer, found a string
}
