package cart_test

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/evercart/evercart/core/cart"
)

func TestUnitPrices(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]cart.Price{
		"none": {}, "nothing": euro(0), "10^10 minor units": euro(10_000_000_000), "yen": {Amount: 1, Currency: "JPY"},
	} {
		t.Run("may be "+name, func(t *testing.T) {
			t.Parallel()
			assert.NoError(t, cart.Validate(cart.AddItem{Item: "tea", Quantity: 1, UnitPrice: p}))
		})
	}
	for name, p := range map[string]cart.Price{
		"negative":              euro(-1),
		"above 10^10":           euro(10_000_000_001),
		"without currency":      {Amount: 1},
		"in lower case":         {Amount: 1, Currency: "eur"},
		"in a withdrawn code":   {Amount: 1, Currency: "DEM"},
		"in gold":               {Amount: 1, Currency: "XAU"},
		"in no currency at all": {Amount: 1, Currency: "XXX"},
		"in something long":     {Amount: 1, Currency: repeat("EUR", 1000)},
	} {
		t.Run("may not be "+name, func(t *testing.T) {
			t.Parallel()
			assert.ErrorIs(t, cart.Validate(cart.AddItem{Item: "tea", Quantity: 1, UnitPrice: p}), cart.ErrPriceInvalid)
		})
	}
}

func TestCurrenciesAreThoseOfTheList(t *testing.T) {
	t.Parallel()
	file, err := os.Open("testdata/iso4217-list-one-" + cart.CurrenciesPublished + ".txt")
	require.NoError(t, err)
	defer func() { assert.NoError(t, file.Close()) }()
	listed := map[string]int{} // code to digits, for codes that have a minor unit
	for in := bufio.NewScanner(file); in.Scan(); {
		code, digits, ok := strings.Cut(in.Text(), " ")
		require.True(t, ok, in.Text())
		if digits != "N.A." {
			listed[code], err = strconv.Atoi(digits)
			require.NoError(t, err)
		}
	}
	require.Len(t, listed, 165)
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			for c := 'A'; c <= 'Z'; c++ {
				code := fmt.Sprintf("%c%c%c", a, b, c)
				want, active := listed[code]
				digits, ok := cart.MinorDigits(code)
				assert.Equal(t, active, ok, code)
				assert.Equal(t, want, digits, code)
			}
		}
	}
	for _, code := range []string{"", "EU", "eur", "EURO", "€"} {
		_, ok := cart.MinorDigits(code)
		assert.False(t, ok, code)
	}
}

func TestTotal(t *testing.T) {
	t.Parallel()
	line := func(quantity int, p cart.Price) cart.Line {
		return cart.Line{Item: "x", Quantity: quantity, UnitPrice: p}
	}
	for name, c := range map[string]struct {
		lines []cart.Line
		want  cart.Price // zero: absent
	}{
		"is absent without lines":                   {},
		"is the sum of quantity times price":        {[]cart.Line{line(2, euro(499)), line(3, euro(100))}, euro(1298)},
		"may be nothing":                            {[]cart.Line{line(2, euro(0))}, euro(0)},
		"is absent if the first line has no price":  {[]cart.Line{line(1, cart.Price{}), line(1, euro(1))}, cart.Price{}},
		"is absent if the last line has no price":   {[]cart.Line{line(1, euro(1)), line(1, cart.Price{})}, cart.Price{}},
		"is absent if no line has a price":          {[]cart.Line{line(1, cart.Price{})}, cart.Price{}},
		"is absent if currencies differ":            {[]cart.Line{line(1, euro(1)), line(1, cart.Price{Amount: 1, Currency: "USD"})}, cart.Price{}},
		"reaches 2^53 - 1":                          {[]cart.Line{line(1, euro(1<<53-2)), line(1, euro(1))}, euro(1<<53 - 1)},
		"is absent from 2^53":                       {[]cart.Line{line(1, euro(1<<53-1)), line(1, euro(1))}, cart.Price{}},
		"is absent if a product passes 2^53":        {[]cart.Line{line(1<<52, euro(2))}, cart.Price{}},
		"is absent if a product passes 2^63":        {[]cart.Line{line(1<<62, euro(1<<62))}, cart.Price{}},
		"is absent for an amount that is negative":  {[]cart.Line{line(1, euro(-1))}, cart.Price{}},
		"is absent for a quantity that is negative": {[]cart.Line{line(-1, euro(1))}, cart.Price{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, ok := cart.State{Lines: c.lines}.Total()
			assert.Equal(t, c.want, got)
			assert.Equal(t, !c.want.IsZero(), ok)
		})
	}
	t.Run("of the greatest cart stays below 2^53", func(t *testing.T) {
		t.Parallel()
		var s cart.State
		for range cart.MaxLines {
			s.Lines = append(s.Lines, line(cart.MaxQuantity, euro(cart.MaxAmount)))
		}
		got, ok := s.Total()
		assert.True(t, ok)
		assert.Equal(t, euro(999_000_000_000_000), got)
	})
}
