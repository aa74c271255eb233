package awslocal

import (
	"context"
	"path/filepath"
	"strconv"
)

// kinesaliteProgram listens on 127.0.0.1 only, which kinesalite's own command
// does not, and makes streams at once. kinesalite throws what befalls a connection: a
// client that goes away in the middle of its request would end the whole server.
const kinesaliteProgram = `const times = { createStreamMs: 5, deleteStreamMs: 5, updateStreamMs: 5, shardLimit: 1000 };
const [, root, port] = process.argv;
process.on("uncaughtException", (fault) => console.error(fault));
require(root)(times).listen(Number(port), "127.0.0.1");`

// StartKinesalite starts kinesalite, a server of Kinesis Data Streams in memory,
// from the folder of tools that .make/kinesalite.sh fills. It differs from AWS: it
// never throttles, records never fail one by one, there are no on-demand streams,
// and a call of more than 7 MiB as JSON fails. Node.js must be in the PATH. A port
// of 0 takes any.
func StartKinesalite(ctx context.Context, tools string, port int) (*Server, error) {
	root, err := filepath.Abs(filepath.Join(tools, "kinesalite", "node_modules", "kinesalite"))
	if err != nil {
		return nil, err
	}
	return startOn(ctx, port, func(port int) (program, variables []string) {
		return []string{"node", "-e", kinesaliteProgram, root, strconv.Itoa(port)}, nil
	})
}
