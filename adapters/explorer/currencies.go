package explorer

import (
	"encoding/json"
	"strings"
)

// currencies returns a script that says of each currency how many decimals it has.
// Browsers have tables of their own, which know of coins that are out of use, and so
// have fewer decimals than ISO 4217.
func currencies(decimals func(currency string) (digits int, known bool)) string {
	table := map[string]int{}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	for _, a := range letters {
		for _, b := range letters {
			for _, c := range letters {
				code := string([]rune{a, b, c})
				if digits, known := decimals(code); known {
					table[code] = digits
				}
			}
		}
	}
	var b strings.Builder
	b.WriteString("// How many decimals each currency has, as the server counts them.\nexport const decimals = ")
	_ = json.NewEncoder(&b).Encode(table) // numbers by words always can be, and a Builder takes all
	return strings.TrimSpace(b.String()) + ";\n"
}
