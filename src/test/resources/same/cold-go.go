package main

import (
	"fmt"
	"os"
	"sync"
)

func main() {
	var all sync.WaitGroup
	all.Add(1)
	go func() { fmt.Println(os.Args, os.Environ()); all.Done() }()
	all.Wait()
	path, err := os.Executable()
	fmt.Println(path, err)
	panic("on purpose")
}
