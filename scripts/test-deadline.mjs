// Loaded into every process of the test runner. A test that spins or waits for ever fails by `--test-timeout`, but its
// process would live on and the run would never end: this ends the process a little later.
const seconds = Number(process.env.TEST_FILE_SECONDS);

if (process.env.NODE_TEST_CONTEXT !== undefined && seconds > 0) {
  setTimeout(() => {
    console.error(`${process.argv[1]}: still running after ${seconds} seconds; ended.`);
    process.exit(1);
  }, seconds * 1_000).unref();
}
