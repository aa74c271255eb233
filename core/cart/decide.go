package cart

import "fmt"

// decide returns the events that c leads to in a cart, or a refusal. It is total:
// an invalid command is refused as Validate does. It changes nothing.
func decide(s *State, c Command) ([]Event, error) {
	if err := Validate(c); err != nil {
		return nil, err
	}
	if open, ok := c.(OpenCart); ok {
		return s.decideOpen(open)
	}
	switch s.Status {
	case StatusNone:
		return nil, ErrNotFound
	case StatusClosed:
		return nil, ErrClosed
	case StatusOpen:
	}
	switch c := c.(type) {
	case OpenCart: // decided above
	case AddItem:
		return s.decideAdd(c)
	case ChangeItemQuantity:
		return s.decideQuantity(c)
	case RemoveItem:
		return s.decideRemove(c)
	case CloseCart:
		return s.decideClose()
	case RemindShopper:
		return s.decideRemind(c)
	}
	return nil, nil
}

func (s *State) decideOpen(c OpenCart) ([]Event, error) {
	switch s.Status {
	case StatusOpen:
		return nil, ErrAlreadyOpen
	case StatusClosed:
		return nil, ErrClosed
	case StatusNone:
	}
	return []Event{CartOpened(c)}, nil
}

func (s *State) decideAdd(c AddItem) ([]Event, error) {
	if indexOf(s.Lines, c.Item) >= 0 {
		return nil, ErrItemAlreadyAdded.With(fmt.Sprintf("item %s is in the cart already", quote(c.Item)))
	}
	if len(s.Lines) >= MaxLines {
		return nil, ErrFull.With(fmt.Sprintf("the cart has %d lines, at most %d are allowed", len(s.Lines), MaxLines))
	}
	if have := s.currency(); !c.UnitPrice.IsZero() && have != "" && have != c.UnitPrice.Currency {
		return nil, ErrCurrencyMismatch.With(fmt.Sprintf("the unit price is in %s, but the cart's prices are in %s", c.UnitPrice.Currency, have))
	}
	return []Event{ItemAdded(c)}, nil
}

// decideQuantity records nothing where the item has that quantity already.
func (s *State) decideQuantity(c ChangeItemQuantity) ([]Event, error) {
	i := indexOf(s.Lines, c.Item)
	if i < 0 {
		return nil, notInCart(c.Item)
	}
	if s.Lines[i].Quantity == c.Quantity {
		return nil, nil
	}
	return []Event{ItemQuantityChanged(c)}, nil
}

func (s *State) decideRemove(c RemoveItem) ([]Event, error) {
	if indexOf(s.Lines, c.Item) < 0 {
		return nil, notInCart(c.Item)
	}
	return []Event{ItemRemoved(c)}, nil
}

func (s *State) decideClose() ([]Event, error) {
	sum, _ := total(s.Lines)
	return []Event{CartClosed{Lines: append(make([]Line, 0, len(s.Lines)), s.Lines...), Total: sum}}, nil
}

func (s *State) decideRemind(c RemindShopper) ([]Event, error) {
	if !s.due(c.UnchangedSince) {
		return nil, ErrReminderNotDue.With("the cart is empty, was changed since, or its shopper was reminded since its last change")
	}
	return []Event{ShopperReminded{Owner: s.Owner, Items: len(s.Lines)}}, nil
}

func notInCart(item string) error {
	return ErrItemNotInCart.With(fmt.Sprintf("item %s is not in the cart", quote(item)))
}
