package cli

import (
	"fmt"

	"github.com/evercart/evercart/bootstrap/costs"
)

type costCommand struct {
	Prices string `help:"JSON file whose prices stand for the list's: {\"region\": …, \"as_of\": …, \"prices\": {\"dynamodb_writes\": 0.7}}." placeholder:"FILE"`
}

// costLines is what --json prints.
type costLines struct {
	Region       string  `json:"region"`
	PricesAsOf   string  `json:"prices_as_of"`
	IdleMonth    float64 `json:"idle_month_usd"`
	MillionTimes float64 `json:"million_commands_usd"`
	KeptMonth    float64 `json:"kept_month_usd"`
}

// Run prints the page of costs, computed with those prices.
func (c *costCommand) Run(out *output) error {
	prices, err := costs.ReadPrices(c.Prices)
	if err != nil {
		return usage(err)
	}
	counted, err := costs.Counted()
	if err != nil {
		return err
	}
	usual := costs.Usual()
	if out.json {
		idle, busy, kept := costs.Idle(&prices, &usual), costs.Busy(&prices, &counted, &usual), costs.Kept(&prices, &counted)
		return out.line(costLines{prices.Region, prices.AsOf, idle.Total(), busy.Total(), kept.Total()})
	}
	_, err = fmt.Fprint(out.stdout, costs.Page(&prices, &counted, &usual))
	return err
}
