package powerloss_test

import (
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// recorder stands between SQLite and the operating system: the files of SQLite's
// own VFS, of which writes, cuts and syncs are noted on the way. Files outside of
// the recorded folders go by.
type recorder struct {
	original sqlite3.Tsqlite3_vfs

	mu    sync.Mutex
	disks []*disk
	files map[uintptr]*recordedFile
	// methods are the recording tables, by the table they stand in for.
	methods map[uintptr]uintptr
}

// recordedFile is an open file of a disk.
type recordedFile struct {
	disk *disk
	name string
	// base is the table of the file's own methods.
	base *sqlite3.Tsqlite3_io_methods
	// names says that its first sync will sync the folder, too: so does SQLite's own
	// VFS for a journal that it may have made.
	names bool
}

// recording is what theRecorder made.
var recording atomic.Pointer[recorder]

// theRecorder is SQLite's default VFS from the first use on. SQLite's VFSs are those
// of the process, so there is one.
var theRecorder = sync.OnceValue(func() *recorder {
	r := &recorder{files: map[uintptr]*recordedFile{}, methods: map[uintptr]uintptr{}}
	tls := libc.NewTLS() // for good: SQLite keeps what it allocates
	r.original = *at[sqlite3.Tsqlite3_vfs](sqlite3.Xsqlite3_vfs_find(tls, 0))
	own := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(r.original)))
	name, err := libc.CString("recorder")
	if own == 0 || err != nil {
		panic("no memory for a VFS")
	}
	vfs := at[sqlite3.Tsqlite3_vfs](own)
	*vfs = r.original
	vfs.FpNext, vfs.FzName = 0, name
	vfs.FxOpen = pointer(recordOpen)
	vfs.FxDelete = pointer(recordDelete)
	recording.Store(r)
	if code := sqlite3.Xsqlite3_vfs_register(tls, own, 1); code != sqlite3.SQLITE_OK {
		panic("SQLite takes no VFS")
	}
	return r
})

// record returns the disk of a folder, which no database was opened in yet.
func record(folder string) *disk {
	r := theRecorder()
	r.mu.Lock()
	defer r.mu.Unlock()
	d := &disk{folder: folder}
	r.disks = append(r.disks, d)
	return d
}

// on returns the disk that a path lies on, or nil.
func (r *recorder) on(path string) (*disk, string) {
	if strings.HasSuffix(path, "-shm") { // memory, not a file
		return nil, ""
	}
	for _, d := range r.disks {
		if filepath.Dir(path) == d.folder {
			return d, filepath.Base(path)
		}
	}
	return nil, ""
}

type openMethod = func(tls *libc.TLS, vfs, path, file uintptr, flags int32, outFlags uintptr) int32

func recordOpen(tls *libc.TLS, vfs, path, file uintptr, flags int32, outFlags uintptr) int32 {
	r := recording.Load()
	code := method[openMethod](r.original.FxOpen)(tls, vfs, path, file, flags, outFlags)
	if code != sqlite3.SQLITE_OK || path == 0 {
		return code
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	d, name := r.on(libc.GoString(path))
	if d == nil {
		return code
	}
	head := at[sqlite3.Tsqlite3_file](file)
	const journals = sqlite3.SQLITE_OPEN_MAIN_JOURNAL | sqlite3.SQLITE_OPEN_SUPER_JOURNAL | sqlite3.SQLITE_OPEN_WAL
	r.files[file] = &recordedFile{
		disk: d, name: name, base: at[sqlite3.Tsqlite3_io_methods](head.FpMethods),
		names: flags&sqlite3.SQLITE_OPEN_CREATE != 0 && flags&journals != 0,
	}
	head.FpMethods = r.table(tls, head.FpMethods)
	return code
}

// table returns the recording methods over those of a table.
func (r *recorder) table(tls *libc.TLS, base uintptr) uintptr {
	if own, ok := r.methods[base]; ok {
		return own
	}
	own := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_io_methods{})))
	if own == 0 {
		panic("no memory for a table of methods")
	}
	table := at[sqlite3.Tsqlite3_io_methods](own)
	*table = *at[sqlite3.Tsqlite3_io_methods](base)
	table.FxClose = pointer(recordClose)
	table.FxWrite = pointer(recordWrite)
	table.FxTruncate = pointer(recordTruncate)
	table.FxSync = pointer(recordSync)
	r.methods[base] = own
	return own
}

func (r *recorder) file(at uintptr) *recordedFile {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.files[at]
}

func recordDelete(tls *libc.TLS, vfs, path uintptr, syncFolder int32) int32 {
	r := recording.Load()
	code := method[func(*libc.TLS, uintptr, uintptr, int32) int32](r.original.FxDelete)(tls, vfs, path, syncFolder)
	if code == sqlite3.SQLITE_OK {
		r.mu.Lock()
		defer r.mu.Unlock()
		if d, name := r.on(libc.GoString(path)); d != nil {
			d.note(deed{kind: drop, file: name, names: syncFolder != 0})
		}
	}
	return code
}

func recordClose(tls *libc.TLS, file uintptr) int32 {
	r := recording.Load()
	f := r.file(file)
	r.mu.Lock()
	delete(r.files, file)
	r.mu.Unlock()
	return method[func(*libc.TLS, uintptr) int32](f.base.FxClose)(tls, file)
}

// recordWrite notes a write before it happens, so that nothing rests on one that is
// not noted.
func recordWrite(tls *libc.TLS, file, data uintptr, size int32, offset int64) int32 {
	f := recording.Load().file(file)
	f.disk.note(deed{kind: write, file: f.name, at: offset, data: append([]byte(nil), unsafe.Slice(at[byte](data), size)...)})
	return method[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](f.base.FxWrite)(tls, file, data, size, offset)
}

func recordTruncate(tls *libc.TLS, file uintptr, size int64) int32 {
	f := recording.Load().file(file)
	f.disk.note(deed{kind: cut, file: f.name, at: size})
	return method[func(*libc.TLS, uintptr, int64) int32](f.base.FxTruncate)(tls, file, size)
}

// recordSync notes a sync when it is over, so that nothing counts as durable before.
func recordSync(tls *libc.TLS, file uintptr, flags int32) int32 {
	f := recording.Load().file(file)
	code := method[func(*libc.TLS, uintptr, int32) int32](f.base.FxSync)(tls, file, flags)
	if code == sqlite3.SQLITE_OK {
		f.disk.note(deed{kind: syncs, file: f.name, names: f.names})
		f.names = false
	}
	return code
}

// at returns what lies at an address outside of Go's memory.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// pointer returns a function as SQLite keeps it. f must be a function of a package,
// which never moves.
func pointer[F any](f F) uintptr { return *(*uintptr)(unsafe.Pointer(&f)) }

// method returns the function that SQLite keeps at an address.
func method[F any](address uintptr) F { return *(*F)(unsafe.Pointer(&address)) }
