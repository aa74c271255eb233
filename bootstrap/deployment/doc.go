// Package deployment says what a deployment must know of each Lambda function: what
// starts it, how long it may run, which environment variables its configuration
// reads, and which actions its role must allow, on what.
//
// The lists are bound to the programs: tests build every function and look at what
// the linker left in it. A call that a function gained and that is not listed fails
// them, and so does a listed one that no function makes. Package applied holds an
// applied Terraform state against the same lists.
package deployment
