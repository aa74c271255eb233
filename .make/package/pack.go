package main

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// entry is the one file of a package: what Lambda starts.
const entry = "bootstrap"

// packAll packs every function below folder into out, and writes their sums last.
func packAll(folder, out, comment string) error {
	binaries, err := filepath.Glob(filepath.Join(folder, "*", entry)) // sorted
	if err != nil || len(binaries) == 0 {
		return errors.Join(fmt.Errorf("no functions below %s", folder), err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var sums strings.Builder
	for _, binary := range binaries {
		content, err := os.ReadFile(binary)
		if err != nil {
			return err
		}
		packed, err := pack(content, comment)
		if err != nil {
			return fmt.Errorf("%s: %w", binary, err)
		}
		name := filepath.Base(filepath.Dir(binary)) + ".zip"
		if err := os.WriteFile(filepath.Join(out, name), packed, 0o644); err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(packed), name) // as sha256sum -c reads it
	}
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

// pack returns an archive that holds content as an executable. Its time is the
// format's first, and not the build's.
func pack(content []byte, comment string) ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestCompression) })
	header := &zip.FileHeader{Name: entry, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	header.SetMode(0o755)
	file, err := w.CreateHeader(header)
	if err != nil {
		return nil, err
	}
	if _, err := file.Write(content); err != nil {
		return nil, err
	}
	if err := w.SetComment(comment); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
