// Package filescratch gives room for working sets that are larger than memory, in
// temporary files: one file a part of a pile. A file has no name as soon as it is
// made, where the system allows that, so that nothing is left of a process that
// was killed.
package filescratch
