using Actors.Runtime.Tests.Support;
using Orleans;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Timing;

[GrainType("test.timer")]
public sealed class TimerGrain(Probe probe) : Grain, ITimerGrain
{
    private readonly Dictionary<string, IGrainTimer> _timers = [];

    public Task Register(string name, TimeSpan due, TimeSpan period, bool interleave = false, bool keepAlive = false, bool gated = false)
    {
        _timers[name] = this.RegisterGrainTimer(
            async token =>
            {
                if (!ReferenceEquals(TaskScheduler.Current, GrainContext.Scheduler))
                {
                    probe.Add("outside of the grain");
                }

                probe.Add("tick " + name);
                if (gated)
                {
                    try
                    {
                        await probe.Gate(name).WaitAsync(token);
                        probe.Add("tock " + name);
                    }
                    catch (OperationCanceledException)
                    {
                        probe.Add("cancelled " + name);
                        throw;
                    }
                }

                if (name.StartsWith("fail", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException(name);
                }
            },
            new GrainTimerCreationOptions(due, period) { Interleave = interleave, KeepAlive = keepAlive });
        return Task.CompletedTask;
    }

    public Task RegisterAllOverloads(TimeSpan due)
    {
        TimeSpan never = Timeout.InfiniteTimeSpan;
        var options = new GrainTimerCreationOptions { DueTime = due, Period = never };
        Task Tick(string name)
        {
            probe.Add("tick " + name);
            return Task.CompletedTask;
        }

        this.RegisterGrainTimer(() => Tick("1"), due, never);
        this.RegisterGrainTimer(_ => Tick("2"), due, never);
        this.RegisterGrainTimer(state => Tick(state), "3", due, never);
        this.RegisterGrainTimer((state, _) => Tick(state), "4", due, never);
        this.RegisterGrainTimer(() => Tick("5"), options);
        this.RegisterGrainTimer(_ => Tick("6"), options);
        this.RegisterGrainTimer(state => Tick(state), "7", options);
        this.RegisterGrainTimer((state, _) => Tick(state), "8", options);
        return Task.CompletedTask;
    }

    public Task Change(string name, TimeSpan due, TimeSpan period)
    {
        _timers[name].Change(due, period);
        return Task.CompletedTask;
    }

    public Task DisposeTimer(string name)
    {
        _timers[name].Dispose();
        return Task.CompletedTask;
    }

    public async Task Wait(string gate)
    {
        probe.Add("waits " + gate);
        await probe.Gate(gate);
    }

    public Task End()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task Touch() => Task.CompletedTask;
}
