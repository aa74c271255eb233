package simulation_test

import (
	"container/heap"
	"time"
)

// agenda is what is going to happen, in the order of time; at one instant, in the
// order in which it was noted.
type agenda struct {
	items agendaItems
	count int
}

type agendaItem struct {
	at    time.Time
	place int
	do    func()
}

func (a *agenda) add(at time.Time, do func()) {
	a.count++
	heap.Push(&a.items, agendaItem{at, a.count, do})
}

// next returns when the next thing happens; false where nothing does.
func (a *agenda) next() (time.Time, bool) {
	if len(a.items) == 0 {
		return time.Time{}, false
	}
	return a.items[0].at, true
}

func (a *agenda) take() func() { return heap.Pop(&a.items).(agendaItem).do }

type agendaItems []agendaItem

func (a agendaItems) Len() int      { return len(a) }
func (a agendaItems) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a agendaItems) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || a[i].at.Equal(a[j].at) && a[i].place < a[j].place
}
func (a *agendaItems) Push(x any) { *a = append(*a, x.(agendaItem)) }
func (a *agendaItems) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}
