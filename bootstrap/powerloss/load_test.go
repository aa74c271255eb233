package powerloss_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/evercart/evercart/core/app"
	"github.com/evercart/evercart/core/cart"
	"github.com/evercart/evercart/core/es"
	"github.com/evercart/evercart/ports"
)

const (
	writers      = 6
	periods      = 3  // runs of the installation, one after the other, on one folder
	cartCommands = 25 // before a writer opens another cart
	// checkpointEvery is how many commands lie between two checkpoints that somebody
	// else makes in the databases: 16 MiB would have to be written until SQLite does.
	checkpointEvery = 40
)

// acknowledged is a command that was answered as recorded.
type acknowledged struct {
	cart, key string
	version   ports.Version
	at        int // the disk's instant of the answer
}

// loaded is a folder that was worked on while its disk was recorded.
type loaded struct {
	folder   string
	disk     *disk
	commands int

	mu       sync.Mutex
	acked    []acknowledged
	archived []archivedObject
	carts    []string
	fault    error
}

// archivedObject is when an object was being written.
type archivedObject struct {
	key        string
	begun, end int
}

// watchedArchive notes when objects are written.
type watchedArchive struct {
	ports.Archive
	*loaded
}

func (a watchedArchive) WriteObject(ctx context.Context, b ports.ArchiveBatch, lines [][]byte) (ports.ArchiveObject, error) {
	begun := a.disk.now()
	o, err := a.Archive.WriteObject(ctx, b, lines)
	if err == nil {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.archived = append(a.archived, archivedObject{o.Key, begun, a.disk.now()})
	}
	return o, err
}

// load works on a fresh folder, and stops and starts in between.
func load(ctx context.Context, folder string, commands int, seed uint64) (*loaded, error) {
	l := &loaded{folder: folder, disk: record(folder), commands: commands}
	for period := range periods {
		i, err := begin(ctx, folder, byte(period), func(a ports.Archive) ports.Archive { return watchedArchive{a, l} })
		if err != nil {
			return nil, err
		}
		var left atomic.Int64
		left.Store(int64(commands / periods))
		var all sync.WaitGroup
		for w := range writers {
			dice := rand.New(rand.NewPCG(seed, uint64(period*writers+w)))
			all.Go(func() { l.note(l.write(ctx, i, &left, dice)) })
		}
		all.Wait()
		l.note(i.stop())
	}
	return l, l.fault
}

func (l *loaded) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault == nil {
		l.fault = err
	}
}

func (l *loaded) write(ctx context.Context, i *installation, left *atomic.Int64, dice *rand.Rand) error {
	var id string
	for n := 0; ; n++ {
		rest := left.Add(-1)
		if rest < 0 {
			return nil
		}
		if rest%checkpointEvery == 0 {
			if err := l.checkpoint(ctx, dice); err != nil {
				return err
			}
		}
		var c cart.Command
		switch step := n % cartCommands; step {
		case 0:
			id, c = uuid.NewString(), cart.OpenCart{Owner: "powerloss|writer"}
			l.mu.Lock()
			l.carts = append(l.carts, id)
			l.mu.Unlock()
		case cartCommands - 1:
			c = cart.CloseCart{}
		default:
			c = cart.AddItem{Item: fmt.Sprintf("item %d", step), Quantity: 1 + dice.IntN(9)}
		}
		key := uuid.NewString()
		a, err := i.commands.Handle(ctx, &app.Request[cart.Command]{ID: id, Command: c, CommandID: key, Caller: es.Caller{Operator: true}})
		if err != nil {
			return err
		}
		l.mu.Lock()
		l.acked = append(l.acked, acknowledged{id, key, a.Version, l.disk.now()})
		l.mu.Unlock()
	}
}

// checkpoint moves the write-ahead log of a database into it, as any tool may.
func (l *loaded) checkpoint(ctx context.Context, dice *rand.Rand) error {
	file := []string{"events.db", "feed.db", "views.db"}[dice.IntN(3)]
	db, err := sql.Open("sqlite", filepath.Join(l.folder, file))
	if err != nil {
		return err
	}
	defer db.Close() //nolint:errcheck // it wrote what it was to write
	mode := []string{"PASSIVE", "FULL", "RESTART", "TRUNCATE"}[dice.IntN(4)]
	_, err = db.ExecContext(ctx, "PRAGMA busy_timeout = 200; PRAGMA wal_checkpoint("+mode+")")
	if err != nil && ctx.Err() == nil {
		err = nil // it was busy: another time
	}
	return err
}
