package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/evercart/evercart/bootstrap"
	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/ports"
)

type cartCommands struct {
	Open    openCommand    `cmd:"" help:"Open a cart and print its ID."`
	Add     addCommand     `cmd:"" help:"Put an item into a cart."`
	Set     setCommand     `cmd:"" help:"Set the quantity of an item in a cart."`
	Remove  removeCommand  `cmd:"" help:"Take an item out of a cart."`
	Close   closeCommand   `cmd:"" help:"Close a cart for good."`
	Show    showCommand    `cmd:"" help:"Show a cart as it is, or as it was."`
	History historyCommand `cmd:"" help:"Show the events of a cart, one a line."`
	Diff    diffCommand    `cmd:"" help:"Show what changed between two versions of a cart."`
	List    listCommand    `cmd:"" help:"List carts, the one changed last first (from the view, a moment behind)."`
}

// keyed is the flag of commands that may be sent again.
type keyed struct {
	Key string `help:"Idempotency key: the same key and command again records nothing new. Made where none is given." placeholder:"KEY"`
}

func (k *keyed) commandID() (string, error) {
	if k.Key == "" {
		return bootstrap.NewSecretID(), nil
	}
	if len(k.Key) > 255 || strings.ContainsFunc(k.Key, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
		return "", usage(fmt.Errorf("--key %q: want 1 to 255 printable ASCII characters", k.Key))
	}
	return k.Key, nil
}

// cartID reads a cart's ID as it stands on the command line.
func cartID(arg string) (string, error) {
	id, err := uuid.Parse(arg)
	if err != nil || len(arg) != 36 {
		return "", usage(fmt.Errorf("cart ID %q: want a UUID such as 0190a5e0-7a2b-7c3d-8e4f-5a6b7c8d9e0f", arg))
	}
	return id.String(), nil
}

// streamID reads the ID of any aggregate; a UUID may be typed in upper case.
func streamID(arg string) (string, error) {
	if id, err := cartID(arg); err == nil {
		return id, nil
	}
	if err := (ports.StreamID{Category: cart.Category, ID: arg}).Validate(); err != nil {
		return "", usage(err)
	}
	return arg, nil
}

// carry carries one command out, on a cart that is there, and shows the cart after it.
func carry(ctx context.Context, out *output, config bootstrap.Config, arg string, key *keyed, command cart.Command) error {
	id, err := cartID(arg)
	if err != nil {
		return err
	}
	request, err := key.request(id, command)
	if err != nil {
		return err
	}
	return operate(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		answer, err := op.Commands.Handle(ctx, request)
		if err != nil {
			return err
		}
		return out.cart(id, &answer)
	})
}

// request is the operator's command on a cart, checked as far as it can be without
// the cart.
func (k *keyed) request(id string, command cart.Command) (*app.Request[cart.Command], error) {
	commandID, err := k.commandID()
	if err != nil {
		return nil, err
	}
	if err := cart.Validate(command); err != nil {
		return nil, err
	}
	return &app.Request[cart.Command]{ID: id, Command: command, CommandID: commandID, Caller: operator()}, nil
}

type openCommand struct {
	keyed
	Owner string `help:"Whose cart it is for good, ISSUER|SUBJECT; nobody's where it is not given." placeholder:"OWNER"`
}

// Run opens a cart and prints its ID, and no more, for a script to keep. With a key,
// the ID comes from it, so that a retry finds the same cart. It is the first command
// that people type, so it makes the data folder.
func (c *openCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	id := bootstrap.NewSecretID()
	if c.Key != "" {
		id = cart.IDForKey(c.Owner, c.Key)
	}
	request, err := c.request(id, cart.OpenCart{Owner: c.Owner})
	if err != nil {
		return err
	}
	return operateNew(ctx, out, config, func(ctx context.Context, op *bootstrap.Operator) error {
		ctx, cancel := context.WithTimeout(ctx, config.Timeout)
		defer cancel()
		answer, err := op.Commands.Handle(ctx, request)
		if err != nil {
			return err
		}
		if config.Backend == bootstrap.BackendMemory {
			fmt.Fprintln(out.stderr, "This cart was in memory, and is gone with this command.")
		}
		if out.json {
			return out.cart(id, &answer)
		}
		_, err = fmt.Fprintln(out.stdout, id)
		return err
	})
}

type addCommand struct {
	keyed
	ID       string `arg:"" help:"The cart's ID."`
	Item     string `arg:"" help:"The item's name."`
	Quantity int    `help:"How many, 1 to 999." default:"1" placeholder:"N"`
	Price    string `help:"Price of one, such as 4.99; goes with --currency." placeholder:"AMOUNT"`
	Currency string `help:"ISO 4217 code of the price, such as EUR." placeholder:"CODE"`
}

// Run puts the item into the cart.
func (c *addCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	item, err := cart.ParseItem(c.Item)
	if err != nil {
		return err
	}
	price, err := parsePrice(c.Price, c.Currency)
	if err != nil {
		return err
	}
	return carry(ctx, out, config, c.ID, &c.keyed, cart.AddItem{Item: item, Quantity: c.Quantity, UnitPrice: price})
}

func parsePrice(amount, currency string) (cart.Price, error) {
	if amount == "" && currency == "" {
		return cart.Price{}, nil
	}
	if amount == "" || currency == "" {
		return cart.Price{}, usage(errors.New("--price and --currency go together"))
	}
	return cart.ParsePrice(amount, currency)
}

type setCommand struct {
	keyed
	ID       string `arg:"" help:"The cart's ID."`
	Item     string `arg:"" help:"The item's name."`
	Quantity int    `arg:"" help:"How many, 1 to 999."`
}

// Run sets the item's quantity.
func (c *setCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	item, err := cart.ParseItem(c.Item)
	if err != nil {
		return err
	}
	return carry(ctx, out, config, c.ID, &c.keyed, cart.ChangeItemQuantity{Item: item, Quantity: c.Quantity})
}

type removeCommand struct {
	keyed
	ID   string `arg:"" help:"The cart's ID."`
	Item string `arg:"" help:"The item's name."`
}

// Run takes the item out of the cart.
func (c *removeCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	item, err := cart.ParseItem(c.Item)
	if err != nil {
		return err
	}
	return carry(ctx, out, config, c.ID, &c.keyed, cart.RemoveItem{Item: item})
}

type closeCommand struct {
	keyed
	ID string `arg:"" help:"The cart's ID."`
}

// Run closes the cart.
func (c *closeCommand) Run(ctx context.Context, out *output, config bootstrap.Config) error {
	return carry(ctx, out, config, c.ID, &c.keyed, cart.CloseCart{})
}
