package player

import (
	"os"
	"path/filepath"
	"time"
)

// timeouts are how long invocations may take, by program; the others 10 s.
func timeouts() map[string]time.Duration {
	return map[string]time.Duration{
		"relay": time.Minute, "archive": time.Minute, "project-carts": time.Minute, "project-related": time.Minute, "notify": time.Minute,
		"canary": time.Minute, "remind": 5 * time.Minute, "replay": 15 * time.Minute, "verify": 15 * time.Minute,
	}
}

func (s *Stack) timeoutOf(program string) time.Duration {
	return or(s.Timeouts[program], or(timeouts()[program], 10*time.Second))
}

// feedReaders are the programs that the feed is handed to.
func feedReaders() []string { return []string{"archive", "project-carts", "project-related", "notify"} }

// queueReaders are the programs that replays are handed to, by the consumer that
// the queue is named after.
func queueReaders() map[string]string {
	return map[string]string{"carts": "project-carts", "related": "project-related"}
}

// schedules say every how many minutes programs are started. Those that Terraform
// starts where an operator wants it, verify and canary, are not played.
func schedules() map[string]int {
	return map[string]int{"remind": 60, "replay": 15, "notify": 1, "project-carts": 1, "project-related": 1}
}

// scheduled is the event that a schedule sends.
const scheduled = `{"detail-type":"Scheduled Event","source":"aws.scheduler"}`

// built returns the programs that stand in folder.
func built(folder string) ([]string, error) {
	found, err := filepath.Glob(filepath.Join(folder, "*", "bootstrap"))
	if err != nil {
		return nil, err
	}
	var programs []string
	for _, binary := range found {
		if info, err := os.Stat(binary); err == nil && info.Mode().IsRegular() {
			programs = append(programs, filepath.Base(filepath.Dir(binary)))
		}
	}
	return programs, nil
}
