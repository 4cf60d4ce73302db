use std::{env, thread};
fn main() {
    let args: Vec<_> = env::args_os().collect();
    let vars: Vec<_> = env::vars_os().collect();
    let t = thread::spawn(move || format!("{:?}", vars));
    println!("{:?} {:?} {}", args, env::current_exe(), t.join().unwrap());
    let v: Vec<i32> = Vec::new();
    println!("{}", v[args.len()]);
}
