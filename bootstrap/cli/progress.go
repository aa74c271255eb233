package cli

import (
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

const (
	// progressAfter is how long work goes on before it shows progress at all.
	progressAfter = time.Second
	// progressEvery is the time between two log lines, where there is no terminal.
	progressEvery = 2 * time.Second
	barEvery      = 100 * time.Millisecond
)

// progress shows how far long work has come, on stderr: a bar with rate and time
// left on a terminal, a log line now and then elsewhere. Work that ends within a
// second shows nothing. It is safe for concurrent use.
type progress struct {
	title, unit string
	done, total atomic.Int64
	began       time.Time
	show        func(*progress)
	end         func()
	stop        chan struct{}
	stopped     sync.WaitGroup
	once        sync.Once
}

// startProgress begins to show work: title says what is done and unit what is
// counted ("events"). A total of 0 or less is not known. The caller ends it with
// Done.
func startProgress(out *output, title, unit string, total int64) *progress {
	p := &progress{title: title, unit: unit, began: time.Now(), stop: make(chan struct{})}
	p.total.Store(total)
	first, every := progressAfter, progressEvery
	if isTerminal(out.stderr) {
		every = barEvery
		bar := newBar(out.stderr, title, unit, total)
		p.show, p.end = bar.show, bar.end
	} else {
		log := out.logger(slog.LevelInfo)
		p.show, p.end = func(p *progress) { p.line(log) }, func() {}
	}
	p.stopped.Go(func() { p.run(first, every) })
	return p
}

// Set says how much is done in all.
func (p *progress) Set(n int64) { p.done.Store(n) }

// SetTotal says how much there is to do in all; 0 or less: it is not known.
func (p *progress) SetTotal(n int64) { p.total.Store(n) }

// Done ends the show. Calling it again does nothing.
func (p *progress) Done() {
	p.once.Do(func() {
		close(p.stop)
		p.stopped.Wait()
		p.end()
	})
}

func (p *progress) run(first, every time.Duration) {
	timer := time.NewTimer(first)
	defer timer.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-timer.C:
			p.show(p)
			timer.Reset(every)
		}
	}
}

// line logs how far it is.
func (p *progress) line(log *slog.Logger) {
	done, total := p.done.Load(), p.total.Load()
	rate := float64(done) / max(time.Since(p.began).Seconds(), 1e-3)
	facts := []any{slog.String("work", p.title), slog.String("unit", p.unit), slog.Int64("done", done), slog.Int64("per_second", int64(rate))}
	if total > 0 {
		facts = append(facts, slog.Int64("total", total))
	}
	if left := total - done; left >= 0 && rate > 0 && total > 0 {
		facts = append(facts, slog.String("left", time.Duration(float64(left)/rate*float64(time.Second)).Round(time.Second).String()))
	}
	log.Info("progress", facts...)
}

// terminalBar is the bar of a terminal. One goroutine shows it, and then ends it.
type terminalBar struct {
	bar   *progressbar.ProgressBar
	shown bool
}

func newBar(w io.Writer, title, unit string, total int64) *terminalBar {
	rate := progressbar.OptionShowIts()
	if unit == "bytes" {
		rate = progressbar.OptionShowBytes(true)
	}
	bar := progressbar.NewOptions64(barTotal(0, total),
		progressbar.OptionSetWriter(w), progressbar.OptionSetDescription(title), progressbar.OptionSetItsString(unit),
		progressbar.OptionSetWidth(24), progressbar.OptionShowCount(), rate, progressbar.OptionSetPredictTime(true),
		progressbar.OptionSetRenderBlankState(false), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetSpinnerChangeInterval(0), // or it would draw by itself, for ever
	)
	bar.StartWithoutRender()
	return &terminalBar{bar: bar}
}

// show draws the bar; what a terminal does not take is lost, and no harm.
func (b *terminalBar) show(p *progress) {
	done := p.done.Load()
	total := barTotal(done, p.total.Load())
	if b.bar.GetMax64() != total {
		b.bar.ChangeMax64(total)
	}
	_ = b.bar.Set64(done)
	b.shown = true
}

// barTotal is the total as the bar takes it: -1 for none, and more than is done,
// because a full bar ends itself.
func barTotal(done, total int64) int64 {
	if total <= 0 {
		return -1
	}
	return max(total, done+1)
}

// end leaves the line empty.
func (b *terminalBar) end() {
	if b.shown {
		_ = b.bar.Finish()
	}
}

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && (isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()))
}
