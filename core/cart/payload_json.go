package cart

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// decode is scan on top of encoding/json. It says what is wrong with a payload
// that the scanner does not take, and is what the scanner is tested against. It
// returns a payload of its own, so that those of its callers stay on the stack.
func decode(data string, want fields) (payload, error) {
	var p payload
	members, err := object([]byte(data))
	if err != nil {
		return p, err
	}
	for key, raw := range members {
		if f := field(key) & want; f != 0 && string(raw) != "null" {
			p.has |= f
			if err := p.member(f, raw); err != nil {
				return p, fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	return p, nil
}

func (p *payload) member(f fields, raw json.RawMessage) (err error) {
	switch f {
	case fieldOwner:
		return json.Unmarshal(raw, &p.owner)
	case fieldItem, fieldItemName:
		return json.Unmarshal(raw, &p.item)
	case fieldQuantity:
		return json.Unmarshal(raw, &p.quantity)
	case fieldUnitPrice:
		p.price, err = decodePrice(raw)
	case fieldLines:
		p.lines, err = decodeLines(raw)
	case fieldTotal:
		p.total, err = decodePrice(raw)
	case fieldItems:
		return json.Unmarshal(raw, &p.items)
	}
	return err
}

func decodeLines(raw json.RawMessage) ([]Line, error) {
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return nil, err
	}
	lines := make([]Line, 0, len(elements))
	for _, e := range elements {
		p, err := decode(string(e), lineFields)
		if err != nil {
			return nil, err
		}
		if p.has&lineMust != lineMust {
			return nil, errLine
		}
		lines = append(lines, Line{Item: p.item, Quantity: int(p.quantity), UnitPrice: p.price})
	}
	return lines, nil
}

func decodePrice(raw json.RawMessage) (Price, error) {
	members, err := object(raw)
	if err != nil {
		return Price{}, err
	}
	amount, currency := members["amount"], members["currency"]
	if amount == nil || currency == nil || string(amount) == "null" || string(currency) == "null" {
		return Price{}, errPrice
	}
	var p Price
	if err := json.Unmarshal(amount, &p.Amount); err != nil {
		return Price{}, err
	}
	return p, json.Unmarshal(currency, &p.Currency)
}

// object returns the members of an object by their exact keys; a struct would
// match keys in any case. The last of several with the same key counts.
func object(data []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("invalid UTF-8")
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, err
	}
	if members == nil {
		return nil, errors.New("null is no object")
	}
	return members, nil
}
