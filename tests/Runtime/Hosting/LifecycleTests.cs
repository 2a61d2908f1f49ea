using Actors.Runtime.Lifecycle;
using Actors.Runtime.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Orleans;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Actors.Runtime.Tests.Hosting;

/// <summary>Stages start upwards and stop downwards.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public async Task Stages_start_upwards_and_stop_downwards()
    {
        var runner = new StageRunner();
        var log = new List<string>();
        Add(runner, log, "c", 30);
        Add(runner, log, "a", 10);
        Add(runner, log, "b", 20);
        await runner.StartAsync(CancellationToken.None);
        await runner.StopAsync(Fail, CancellationToken.None);
        Assert.Equal(["+a", "+b", "+c", "-c", "-b", "-a"], log);
        Assert.Equal(30, runner.HighestStarted);
        Assert.Equal(10, runner.LowestStopped);
    }

    [Fact]
    public async Task A_failed_start_stops_what_was_started()
    {
        var runner = new StageRunner();
        var log = new List<string>();
        Add(runner, log, "a", 10);
        runner.Subscribe("bad", 20, new DelegateObserver(static _ => throw new InvalidOperationException("bad"), _ =>
        {
            log.Add("-bad");
            return Task.CompletedTask;
        }));
        Add(runner, log, "c", 30);
        Assert.Equal("bad", (await Assert.ThrowsAsync<InvalidOperationException>(() => runner.StartAsync(CancellationToken.None))).Message);
        await runner.StopAsync(Fail, CancellationToken.None);
        Assert.Equal(["+a", "-bad", "-a"], log);
    }

    [Fact]
    public async Task An_error_while_stopping_is_reported_and_the_rest_stops()
    {
        var runner = new StageRunner();
        var log = new List<string>();
        Add(runner, log, "a", 10);
        runner.Subscribe("bad", 20, new DelegateObserver(static _ => Task.CompletedTask, static _ => throw new InvalidOperationException("bad")));
        await runner.StartAsync(CancellationToken.None);
        await runner.StopAsync((name, stage, error) => log.Add($"{name} {stage} {error.Message}"), CancellationToken.None);
        Assert.Equal(["+a", "bad 20 bad", "-a"], log);
    }

    [Fact]
    public async Task A_subscription_can_be_taken_back_and_late_ones_count_in_later_stages()
    {
        var runner = new StageRunner();
        var log = new List<string>();
        Add(runner, log, "gone", 10).Dispose();
        runner.Subscribe("adds", 20, new DelegateObserver(
            _ =>
            {
                Add(runner, log, "late", 30);
                Add(runner, log, "too late", 10);
                return Task.CompletedTask;
            },
            static _ => Task.CompletedTask));
        await runner.StartAsync(CancellationToken.None);
        Assert.Equal(["+late"], log);
        await Assert.ThrowsAsync<InvalidOperationException>(() => runner.StartAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_cancelled_start_ends_between_stages()
    {
        var runner = new StageRunner();
        var log = new List<string>();
        using var cancel = new CancellationTokenSource();
        Add(runner, log, "a", 10);
        runner.Subscribe("cancels", 20, new DelegateObserver(_ => cancel.CancelAsync(), static _ => Task.CompletedTask));
        Add(runner, log, "c", 30);
        await Assert.ThrowsAsync<OrleansLifecycleCanceledException>(() => runner.StartAsync(cancel.Token));
        Assert.Equal(["+a"], log);
    }

    [Fact]
    public async Task A_silo_runs_startup_tasks_and_participants_at_their_stages()
    {
        var probe = new Probe();
        TestSilo silo = await TestSilo.StartAsync(builder =>
        {
            builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new Participant(probe));
            builder.AddStartupTask(async (services, token) =>
            {
                await services.GetRequiredService<IGrainFactory>().GetGrain<Calls.ICallGrain>("x").Add(1, 2);
                probe.Add("task");
            });
        });
        Assert.Equal(["start services", "start application", "task"], probe.Log);
        Assert.True(silo.Services.GetRequiredService<ISiloLifecycle>().HighestCompletedStage >= ServiceLifecycleStage.Active);
        await silo.DisposeAsync();
        Assert.Equal(["stop application", "stop services"], probe.Log.Skip(3));
    }

    [Fact]
    public async Task A_startup_task_that_fails_keeps_the_silo_from_starting_and_what_began_is_stopped()
    {
        var probe = new Probe();
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(() => TestSilo.StartAsync(builder =>
        {
            builder.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(new Participant(probe));
            builder.AddStartupTask(static (_, _) => throw new InvalidOperationException("no start"));
        }));
        Assert.Equal("no start", error.Message);
        Assert.Equal(["start services", "start application", "stop application", "stop services"], probe.Log);
    }

    private static IDisposable Add(StageRunner runner, List<string> log, string name, int stage) => runner.Subscribe(name, stage, new DelegateObserver(
        _ =>
        {
            log.Add("+" + name);
            return Task.CompletedTask;
        },
        _ =>
        {
            log.Add("-" + name);
            return Task.CompletedTask;
        }));

    private static void Fail(string name, int stage, Exception error) => Assert.Fail($"{name} failed to stop: {error}");

    private sealed class Participant(Probe probe) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle)
        {
            Subscribe(lifecycle, "application", ServiceLifecycleStage.ApplicationServices);
            Subscribe(lifecycle, "services", ServiceLifecycleStage.RuntimeServices);
        }

        private void Subscribe(ISiloLifecycle lifecycle, string name, int stage) => lifecycle.Subscribe(
            name,
            stage,
            _ =>
            {
                probe.Add("start " + name);
                return Task.CompletedTask;
            },
            _ =>
            {
                probe.Add("stop " + name);
                return Task.CompletedTask;
            });
    }
}
