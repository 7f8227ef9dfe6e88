use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::{Env, Network, Shell};
use super::*;
use crate::error::ErrorId;

/// Nobody in it waits for anything but a share.
fn queue(leaders: &[usize], jobs: usize) -> Queue {
    let mut queue = Queue::new(leaders.to_vec(), jobs, OnFailure::Stop);
    (0..leaders.len()).for_each(|job| queue.ready(job));
    queue
}

fn begin_all(queue: &mut Queue) -> Vec<(usize, usize)> {
    std::iter::from_fn(|| queue.begin()).map(|begun| (begun.job, begun.share)).collect()
}

#[test]
fn shares_are_even_and_never_more_than_there_is() {
    for (jobs, of, shares) in [
        (1, 3, &[(0, 1)][..]),
        (2, 3, &[(0, 1), (1, 1)]),
        (8, 3, &[(0, 3), (1, 3), (2, 2)]),
        (8, 1, &[(0, 8)]),
        (0, 1, &[(0, 1)]),
        (4, 0, &[]),
    ] {
        let leaders: Vec<_> = (0..of).collect();
        assert_eq!(begin_all(&mut queue(&leaders, jobs)), shares, "{jobs} for {of}");
    }
}

#[test]
fn what_is_given_back_goes_to_the_next() {
    let mut queue = queue(&[0, 1, 2], 2);
    assert_eq!(begin_all(&mut queue), [(0, 1), (1, 1)]);
    queue.end(1, true);
    assert_eq!(begin_all(&mut queue), [(2, 1)]);
    queue.end(0, true);
    queue.end(2, true);
    assert_eq!((begin_all(&mut queue), queue.is_at_work(), queue.free), (vec![], false, 2));
}

#[test]
fn the_others_of_a_lane_wait_for_its_first() {
    // Two sets for each of two targets.
    let mut queue = queue(&[0, 1, 0, 1], 4);
    assert_eq!(begin_all(&mut queue), [(0, 2), (1, 2)]);
    queue.end(1, true);
    assert_eq!(begin_all(&mut queue), [(3, 2)]);
    queue.end(0, true);
    assert_eq!(begin_all(&mut queue), [(2, 2)]);
}

#[test]
fn who_waits_for_something_has_no_share_and_takes_none_away_from_the_others_for_good() {
    let mut queue = Queue::new(vec![0, 1], 4, OnFailure::Stop);
    assert_eq!(begin_all(&mut queue), []);
    queue.ready(1);
    assert_eq!(begin_all(&mut queue), [(1, 2)]);
    assert_eq!((queue.is_at_work(), queue.free), (true, 2));
    queue.end(1, true);
    assert!(queue.is_at_work());
    queue.ready(0);
    assert_eq!(begin_all(&mut queue), [(0, 4)]);
}

#[test]
fn what_cannot_be_had_ends_a_job_that_never_began() {
    for (on_failure, goes_on) in [(OnFailure::Stop, false), (OnFailure::KeepGoing, true)] {
        let mut queue = Queue::new(vec![0, 0], 2, on_failure);
        queue.end(0, false);
        assert_eq!((queue.is_at_work(), queue.free), (goes_on, 2));
        queue.ready(1);
        assert_eq!(begin_all(&mut queue).len(), usize::from(goes_on));
    }
}

#[test]
fn after_a_failure_nothing_new_begins_unless_told_so() {
    for (on_failure, next) in [(OnFailure::Stop, vec![]), (OnFailure::KeepGoing, vec![(1, 1)])] {
        let mut queue = Queue { on_failure, ..queue(&[0, 0], 1) };
        assert_eq!(begin_all(&mut queue), [(0, 1)]);
        queue.end(0, false);
        assert_eq!(begin_all(&mut queue), next);
    }
}

fn world(jobs: usize, on_failure: OnFailure) -> World {
    World {
        env: Env::new([].into(), "/".into()),
        shell: Shell::silent(),
        network: Network::new(true),
        jobs,
        on_failure,
    }
}

#[test]
fn results_come_in_the_items_order_whichever_is_faster() {
    let items: Vec<usize> = (0..20).collect();
    for jobs in [1, 3, 50] {
        let (now, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let made = side_by_side(
            &world(jobs, OnFailure::Stop),
            &items,
            |item| *item,
            |aside, item| {
                let used = now.fetch_add(aside.jobs, Ordering::SeqCst) + aside.jobs;
                most.fetch_max(used, Ordering::SeqCst);
                std::thread::sleep(std::time::Duration::from_millis((20 - *item as u64) / 4));
                now.fetch_sub(aside.jobs, Ordering::SeqCst);
                Ok(*item)
            },
        );
        assert_eq!(made.complete().unwrap(), items);
        assert!(most.into_inner() <= jobs);
    }
}

#[test]
fn work_begins_on_what_has_come_while_the_rest_is_waited_for() {
    let (sender, receiver) = mpsc::channel();
    let receiver = std::sync::Mutex::new(receiver);
    let made = side_by_side_once(
        &world(1, OnFailure::Stop),
        &[0, 1],
        |item| *item,
        // The first waits for something that the second one's work brings.
        (
            |item: &usize| *item == 1,
            |_: &Shell, item: &usize| {
                Ok((*item == 0).then(|| receiver.lock().unwrap().recv().unwrap()))
            },
        ),
        |_, item, waited| {
            if *item == 1 {
                sender.clone().send(7).unwrap();
            }
            Ok((*item, waited))
        },
    );
    assert_eq!(made.complete().unwrap(), [(0, Some(7)), (1, None)]);
}

#[test]
fn every_failure_is_told_and_what_was_made_is_kept() {
    let odd = |_: &World, item: &usize| match item % 2 {
        0 => Ok(*item),
        _ => Err(Error::new(ErrorId::Compile, format!("could not make {item}"))),
    };
    let all = side_by_side(&world(2, OnFailure::KeepGoing), &[0, 1, 2, 3, 4], |item| *item, odd);
    assert_eq!(all.made, [0, 2, 4]);
    let failure = all.failure.unwrap();
    assert_eq!(failure.what(), "could not make 1");
    assert_eq!(failure.beside().iter().map(Error::what).collect::<Vec<_>>(), ["could not make 3"]);

    for _ in 0..50 {
        let some = side_by_side(&world(1, OnFailure::Stop), &[0, 1, 2, 3], |item| *item, odd);
        assert_eq!(some.made, [0]);
        assert!(some.complete().is_err());
    }
}
