// Package ports is the ground floor of Evercart: the words that every room
// shares (StreamID, Version, Head, Event, Commit) and the driven interfaces, one
// a file, each with its contract and its typed errors. It imports the standard
// library only and knows no aggregate: it speaks bytes and names.
//
// What holds for every interface here unless its own comment says otherwise:
//
//   - It is safe for concurrent use by many goroutines.
//   - It honours its context: a cancelled or expired context ends the call soon,
//     with an error that matches ctx.Err() under errors.Is.
//   - It keeps no reference to slices and maps it was given, and the caller owns
//     those it returns. Strings are never changed by anybody.
//   - A fault that passes (throttling, a timeout, a full disk) matches
//     ErrUnavailable under errors.Is. All other errors are final: the same call
//     would fail again.
//   - Every promise is checked by a suite in ports/porttest, which every adapter
//     runs.
package ports
