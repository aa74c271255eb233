// Command benchtable reads what `go test -bench` prints from its standard input,
// passes it on, and ends with a table of the budgets: the work, ours, the reference
// of the same run, their ratio, the budget, and whether it holds.
//
// A benchmark with a budget reports x-ref, its ratio, with at-most or at-least, and
// both sides, in a unit and in that unit with "ref-" in front. It exits 1 where a
// budget does not hold, a benchmark failed, or none had a budget.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "benchtable:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	var rows []row
	failed := false
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
		failed = failed || strings.HasPrefix(line, "FAIL") || strings.HasPrefix(line, "--- FAIL")
		if r, ok := parse(line); ok {
			rows = append(rows, r)
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	missed, err := table(out, rows)
	switch {
	case err != nil:
		return err
	case failed:
		return fmt.Errorf("a benchmark failed")
	case len(rows) == 0:
		return fmt.Errorf("no benchmark had a budget")
	case missed > 0:
		return fmt.Errorf("%d of %d budgets do not hold", missed, len(rows))
	}
	return nil
}

// row is a benchmark with a budget.
type row struct {
	work, unit             string
	ours, reference, ratio float64
	budget                 float64
	atMost                 bool // else at least
}

func (r *row) holds() bool {
	if r.atMost {
		return r.ratio <= r.budget
	}
	return r.ratio >= r.budget
}

// parse reads one line of a benchmark's results: the name, the count, then values
// and their units in turn.
func parse(line string) (row, bool) {
	fields := strings.Fields(line)
	if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
		return row{}, false
	}
	values := map[string]float64{}
	for i := 2; i+1 < len(fields); i += 2 {
		v, err := strconv.ParseFloat(fields[i], 64)
		if err != nil {
			return row{}, false
		}
		values[fields[i+1]] = v
	}
	r := row{work: strings.TrimPrefix(fields[0], "Benchmark")}
	if i := strings.LastIndexByte(r.work, '-'); i > 0 { // the number of processors
		r.work = r.work[:i]
	}
	var most, least bool
	r.budget, most = values["at-most"]
	if !most {
		r.budget, least = values["at-least"]
	}
	r.atMost, r.ratio = most, values["x-ref"]
	for unit, v := range values {
		if ours, ok := values[strings.TrimPrefix(unit, "ref-")]; ok && strings.HasPrefix(unit, "ref-") {
			r.unit, r.ours, r.reference = strings.TrimPrefix(unit, "ref-"), ours, v
		}
	}
	return r, (most || least) && r.ratio > 0
}

// table prints the rows and returns how many budgets do not hold.
func table(out io.Writer, rows []row) (missed int, err error) {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nWORK\tOURS\tREFERENCE\tUNIT\tRATIO\tBUDGET\t")
	for i := range rows {
		r := &rows[i]
		sign, verdict := "≥", "ok"
		if r.atMost {
			sign = "≤"
		}
		if !r.holds() {
			verdict = "NOT HELD"
			missed++
		}
		fmt.Fprintf(t, "%s\t%.4g\t%.4g\t%s\t%.3f\t%s %.2f\t%s\n", r.work, r.ours, r.reference, r.unit, r.ratio, sign, r.budget, verdict)
	}
	return missed, t.Flush()
}
