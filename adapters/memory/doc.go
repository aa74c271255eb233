// Package memory keeps everything in this process's memory: every port that
// needs no cloud, for tests and for trying things out. Nothing survives the
// process, nothing is bounded but by memory, and no call fails but for its
// caller's fault or a context that ended.
package memory
