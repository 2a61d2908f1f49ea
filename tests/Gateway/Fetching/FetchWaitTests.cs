using System.Diagnostics;
using Actors.Gateway.Kafka;

namespace Actors.Gateway.Tests.Fetching;

public sealed class FetchWaitTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The time-out is over while the waiter, woken by progress, arms its next signal. Both threads meet in every round with
    /// another distance; a store that passes a later load on either side shows as a waiter that would wait for ever.
    /// </summary>
    [Fact]
    public void An_end_that_meets_a_waiter_that_rearms_is_never_lost()
    {
        var wait = new FetchWait();
        var (started, ended, stopping) = (0, 0, false);
        var timer = new Thread(() =>
        {
            for (var round = 1; ; round++)
            {
                for (var spin = default(SpinWait); Volatile.Read(ref started) < round;)
                {
                    if (Volatile.Read(ref stopping))
                        return;
                    spin.SpinOnce(sleep1Threshold: -1);
                }

                Thread.SpinWait(round / 16 % 16);
                wait.End();
                Volatile.Write(ref ended, round);
            }
        });
        timer.Start();
        var (lost, rounds) = (0, 0);
        for (var begun = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begun) < Duration;)
        {
            wait = new FetchWait();
            wait.OnProgress(null!);
            Volatile.Write(ref started, ++rounds);
            Thread.SpinWait(rounds % 16);
            wait.Rearm();
            var sawTheEnd = wait.IsOver;
            for (var spin = default(SpinWait); Volatile.Read(ref ended) < rounds;)
                spin.SpinOnce(sleep1Threshold: -1);
            if (!sawTheEnd && !wait.Signal.IsCompleted)
                lost++;
        }

        Volatile.Write(ref stopping, true);
        timer.Join();
        Assert.True(lost == 0, $"{lost} of {rounds} ends were lost.");
    }
}
