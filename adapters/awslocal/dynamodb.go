package awslocal

import (
	"context"
	"path/filepath"
	"strconv"
)

// StartDynamoDB starts DynamoDB Local, Amazon's own, in memory, from the folder of
// tools that .make/dynamodb.sh fills. It differs from AWS: it never throttles, no
// transaction meets another, a transaction's write units are not doubled, an empty
// Query costs nothing, and a table's stream has one shard. It listens on all
// interfaces, not on 127.0.0.1 only, and takes any credentials. Java 17 must be in
// the PATH. A port of 0 takes any.
func StartDynamoDB(ctx context.Context, tools string, port int) (*Server, error) {
	lib, err := filepath.Abs(filepath.Join(tools, "dynamodb", "lib"))
	if err != nil {
		return nil, err
	}
	return startOn(ctx, port, func(port int) (program, variables []string) {
		return []string{
			"java", "-Xmx192m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dsqlite4java.library.path=" + lib,
			"-cp", filepath.Join(lib, "*"), "software.amazon.dynamodb.services.local.main.ServerRunner",
			"-inMemory", "-sharedDb", "-disableTelemetry", "-port", strconv.Itoa(port),
		}, nil
	})
}
