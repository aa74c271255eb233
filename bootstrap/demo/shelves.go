package demo

import "github.com/evercart/evercart/core/cart"

// ware is something that the shop sells.
type ware struct {
	name  string
	price int64 // minor units of EUR; 0: on request
}

// shelves hold what is bought together.
func shelves() [][]ware {
	return [][]ware{
		{
			{"green tea", 499},
			{"Earl Grey", 549},
			{"Darjeeling, first flush", 1290},
			{"teapot, cast iron", 4900},
			{"tea strainer", 690},
			{"acacia honey", 850},
			{"rock sugar", 320},
			{"shortbread", 399},
			{"mug, blue glaze", 1450},
		},
		{
			{"espresso beans, 1 kg", 2190},
			{"filter coffee", 890},
			{"hand grinder", 6900},
			{"paper filters", 349},
			{"milk jug", 1990},
			{"oat milk", 229},
			{"cantuccini", 449},
			{"espresso cup", 890},
			{"kettle with gooseneck", 7900},
		},
		{
			{"sourdough loaf", 560},
			{"salted butter", 349},
			{"apricot jam", 475},
			{"eggs, ten", 420},
			{"oat flakes", 199},
			{"orange juice", 349},
			{"apples, 1 kg", 299},
			{"goat cheese", 590},
			{"walnuts", 649},
		},
		{
			{"notebook, dotted", 1290},
			{"fountain pen", 3400},
			{"ink, royal blue", 850},
			{"pencils, a dozen", 990},
			{"eraser", 150},
			{"letter paper", 1190},
			{"desk lamp", 8900},
			{"ruler, steel", 690},
		},
		{
			{"tomato seeds", 299},
			{"basil in a pot", 349},
			{"watering can", 2490},
			{"potting soil, 20 l", 899},
			{"garden twine", 490},
			{"secateurs", 3290},
			{"terracotta pot", 790},
			{"work gloves", 1190},
		},
	}
}

// extras go with anything. The last has no price: who takes it has no total.
func extras() []ware {
	return []ware{{"tote bag", 990}, {"greeting card", 350}, {"gift voucher", 2500}, {"gift wrapping", 0}}
}

func (w ware) add(quantity int) cart.AddItem {
	c := cart.AddItem{Item: w.name, Quantity: quantity}
	if w.price > 0 {
		c.UnitPrice = cart.Price{Amount: w.price, Currency: "EUR"}
	}
	return c
}
