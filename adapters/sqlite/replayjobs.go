package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/evercart/evercart/ports"
)

// jobColumns are those that jobValues writes and scanJob reads, in their order.
const jobColumns = `Id, Revision, Consumer, Generation, FilterFrom, FilterTo, FilterStream, FilterCategory, FilterTypes,
	Rate, State, Reason, CursorKey, CursorLine, Objects, Bytes, ObjectsDone, BytesDone,
	EventsRead, EventsDuplicate, EventsFiltered, EventsSent, Unreadable, Started, Updated, Finished`

// insertJob and updateJob write a job over the Revision that it was read with, ?2,
// and change no row where another one is stored.
const (
	insertJob = `INSERT INTO ReplayJobs (` + jobColumns + `) VALUES (?1, ?2 + 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
	?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26) ON CONFLICT DO NOTHING`
	updateJob = `UPDATE ReplayJobs SET (` + jobColumns + `) = (?1, ?2 + 1, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
	?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26) WHERE Id = ?1 AND Revision = ?2`

	selectJob      = `SELECT ` + jobColumns + ` FROM ReplayJobs WHERE Id = ?`
	selectJobs     = `SELECT ` + jobColumns + ` FROM ReplayJobs WHERE Id < ? ORDER BY Id DESC LIMIT ?`
	selectLastJobs = `SELECT ` + jobColumns + ` FROM ReplayJobs ORDER BY Id DESC LIMIT ?`
)

// SaveReplayJob stores job over the Revision that it was read with, or returns
// ports.ErrJobMoved.
func (v *Views) SaveReplayJob(ctx context.Context, job ports.ReplayJob) (ports.ReplayJob, error) {
	write := updateJob
	if job.Revision == 0 {
		write = insertJob
	}
	values, err := jobValues(&job)
	if err != nil {
		return ports.ReplayJob{}, fmt.Errorf("sqlite: save replay %q: %w", job.ID, err)
	}
	stored, err := wrote(v.db.write.ExecContext(ctx, write, values...))
	if err == nil && !stored {
		err = ports.ErrJobMoved
	}
	if err != nil {
		return ports.ReplayJob{}, v.fault(ctx, fmt.Sprintf("save replay %q", job.ID), err)
	}
	return storedJob(job), nil
}

// ReplayJob returns a job, or ports.ErrNoJob.
func (v *Views) ReplayJob(ctx context.Context, id string) (ports.ReplayJob, error) {
	jobs, err := v.replayJobs(ctx, selectJob, id)
	if err == nil && len(jobs) == 0 {
		err = ports.ErrNoJob
	}
	if err != nil {
		return ports.ReplayJob{}, v.fault(ctx, fmt.Sprintf("replay %q", id), err)
	}
	return jobs[0], nil
}

// ListReplayJobs returns at most limit jobs, the newest first, after the ID given.
func (v *Views) ListReplayJobs(ctx context.Context, after string, limit int) (jobs []ports.ReplayJob, err error) {
	if after == "" {
		jobs, err = v.replayJobs(ctx, selectLastJobs, limit)
	} else {
		jobs, err = v.replayJobs(ctx, selectJobs, after, limit)
	}
	if err != nil {
		return nil, v.fault(ctx, fmt.Sprintf("replays after %q", after), err)
	}
	return jobs, nil
}

func (v *Views) replayJobs(ctx context.Context, query string, args ...any) ([]ports.ReplayJob, error) {
	rows, err := v.db.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err says what went wrong
	var jobs []ports.ReplayJob
	for rows.Next() {
		job, err := scanJob(ctx, rows)
		if err != nil {
			return nil, err
		}
		jobs = append(jobs, job)
	}
	return jobs, rows.Err()
}

func jobValues(j *ports.ReplayJob) ([]any, error) {
	var types any
	if j.Filter.Types != nil {
		list, err := json.Marshal(j.Filter.Types)
		if err != nil {
			return nil, err
		}
		types = string(list)
	}
	return []any{
		j.ID, j.Revision, j.Target.Consumer, j.Target.Generation,
		optionalTime(j.Filter.From), optionalTime(j.Filter.To), j.Filter.Stream, j.Filter.Category, types,
		j.Rate, string(j.State), j.Reason, j.CursorKey, j.CursorLine, j.Objects, j.Bytes, j.ObjectsDone, j.BytesDone,
		j.Read, j.Duplicates, j.Filtered, j.Sent, j.Unreadable,
		optionalTime(j.Started), optionalTime(j.Updated), optionalTime(j.Finished),
	}, nil
}

// storedJob returns j as a read after its save returns it.
func storedJob(j ports.ReplayJob) ports.ReplayJob {
	j.Revision++
	for _, at := range []*time.Time{&j.Filter.From, &j.Filter.To, &j.Started, &j.Updated, &j.Finished} {
		*at = at.Truncate(time.Microsecond).UTC()
	}
	j.Filter.Types = slices.Clone(j.Filter.Types)
	return j
}

// scanJob reads jobColumns of the current row. A row that cannot be read is a
// *ports.CorruptError.
func scanJob(ctx context.Context, rows *sql.Rows) (ports.ReplayJob, error) {
	var (
		j                                    ports.ReplayJob
		from, to, started, updated, finished nullTime
		types                                sql.NullString
	)
	err := rows.Scan(&j.ID, &j.Revision, &j.Target.Consumer, &j.Target.Generation,
		&from, &to, &j.Filter.Stream, &j.Filter.Category, &types,
		&j.Rate, &j.State, &j.Reason, &j.CursorKey, &j.CursorLine, &j.Objects, &j.Bytes, &j.ObjectsDone, &j.BytesDone,
		&j.Read, &j.Duplicates, &j.Filtered, &j.Sent, &j.Unreadable, &started, &updated, &finished)
	if err == nil && types.Valid {
		err = json.Unmarshal([]byte(types.String), &j.Filter.Types)
	}
	if err != nil {
		return ports.ReplayJob{}, unreadable(ctx, fmt.Sprintf("replay %q", j.ID), err)
	}
	j.Filter.From, j.Filter.To = from.Time, to.Time
	j.Started, j.Updated, j.Finished = started.Time, updated.Time, finished.Time
	return j, nil
}
