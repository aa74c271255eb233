// Package filearchive is the cold store in a local folder: ports.Archive over
// plain gzip files, which any tool reads.
//
// An object is written under a temporary name in its own folder, synced, and
// only then linked to its own name, which no second writer can take. So a file
// that bears an object's name is whole, whenever the process or the machine
// stops, and several processes may write one folder. The file system must know
// hard links.
package filearchive
