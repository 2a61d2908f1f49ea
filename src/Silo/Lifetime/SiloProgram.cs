using System.Diagnostics;
using Actors.Silo.Health;
using Actors.Silo.Hosting;
using Actors.Silo.Options;

namespace Actors.Silo.Lifetime;

/// <summary>
/// The life of a silo's process: options, data directory, sockets, start of every part, readiness, a signal, stop of every
/// part within its time. Whatever its operator can mend ends in one sentence on standard error and an exit code.
/// </summary>
public static class SiloProgram
{
    /// <summary>Runs a silo until it is told to stop.</summary>
    /// <param name="arguments">The arguments of the process.</param>
    /// <param name="output">Where help goes.</param>
    /// <param name="error">Where sentences about a failed start go.</param>
    /// <param name="add">Registers what runs in the silo beside its own parts; null: nothing does.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, Action<IServiceCollection>? add = null)
    {
        var startedAt = TimeProvider.System.GetUtcNow();
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        if (arguments is ["--help"] or ["-h"])
        {
            await output.WriteAsync(OptionText.Help(SiloConfiguration.Schema));
            return ExitCodes.Success;
        }

        if (arguments is ["--version"])
        {
            await output.WriteLineAsync(SiloIdentity.ProgramVersion);
            return ExitCodes.Success;
        }

        var configuration = SiloConfiguration.Read(arguments, Environment.GetEnvironmentVariables(), Directory.GetCurrentDirectory());
        if (configuration.Mistakes.Count > 0)
        {
            await error.WriteAsync(OptionText.Mistakes(configuration.Mistakes));
            return ExitCodes.BadOptions;
        }

        using var signals = new StopSignals();
        try
        {
            using var directory = DataDirectory.Open(configuration.Silo, SiloIdentity.ProgramVersion);
            using var sockets = ListenSockets.Bind(configuration);
            return await RunAsync(SiloHost.Build(configuration, directory, sockets, startedAt, add), configuration, signals.Requested);
        }
        catch (SiloStartException failure)
        {
            await error.WriteLineAsync($"actors: {failure.Message}");
            return ExitCodes.CannotStart;
        }
    }

    private static async Task<int> RunAsync(IHost host, SiloConfiguration configuration, CancellationToken stop)
    {
        var silo = host.Services.GetRequiredService<SiloIdentity>();
        var health = host.Services.GetRequiredService<SiloHealth>();
        var logger = host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Actors.Silo");
        logger.Starts(silo.Name, silo.NodeId, silo.Version);
        foreach (var (section, values) in OptionText.Effective(configuration.Bound)) logger.Options(section, values);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop, host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        SiloStartException? refusal = null;
        var hasFailed = false;
        try
        {
            await host.StartAsync(stop);
            health.BecomeActive();
            var data = Path.GetFullPath(configuration.Silo.DataDirectory);
            logger.Ready(silo.Name, (long)silo.Uptime.TotalMilliseconds, silo.KafkaAddress, silo.HttpAddress, data);
            await UntilAsync(ends.Token);
            // Nobody has told it to: it is no member of its cluster any more, and has logged why.
            hasFailed = !stop.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop while starting.
        }
        catch (Exception failure)
        {
            refusal = StartFailure.Explain(failure, configuration);
            hasFailed = refusal is null;
            if (hasFailed) logger.Failed(failure, silo.Name, health.Step);
        }

        var stopped = await StopAsync(host, silo, health, logger, configuration.Silo.StopTimeoutMs);
        if (refusal is not null) throw refusal;
        return hasFailed ? ExitCodes.Failed : stopped;
    }

    private static async Task<int> StopAsync(IHost host, SiloIdentity silo, SiloHealth health, ILogger logger, int limitMs)
    {
        var watch = Stopwatch.StartNew();
        health.BeginStop();
        logger.Stops(silo.Name);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(limitMs), TimeProvider.System);
        try
        {
            await host.StopAsync(deadline.Token).WaitAsync(deadline.Token);
            logger.Stopped(silo.Name, watch.ElapsedMilliseconds);
            await DisposeAsync(host).WaitAsync(deadline.Token);
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            logger.StopTimedOut(silo.Name, limitMs, health.Step);
            return ExitCodes.Failed;
        }
        catch (Exception failure)
        {
            logger.StopFailed(failure, silo.Name, health.Step);
            return ExitCodes.Failed;
        }
    }

    private static async Task DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }

    private static async Task UntilAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = stop.Register(stopped.SetResult);
        await stopped.Task;
    }
}
