using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Actors.Harness;

/// <summary>The real silo as a process of its own, with its own ports and data folder; killed when disposed.</summary>
/// <remarks>Started with <c>dotnet Actors.Silo.dll</c>, so the process id is the silo's own and a signal reaches it.</remarks>
public sealed class SiloProcess : IAsyncDisposable
{
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(90);
    private static readonly HttpClient Http = new() { Timeout = Guard };
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private SiloProcess(SiloProcessOptions options, Process process)
    {
        Options = options;
        Process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data, isError: true);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += EndWithParent;
    }

    /// <summary>What the process was started with.</summary>
    public SiloProcessOptions Options { get; }

    /// <summary>The operating system's view of it.</summary>
    public Process Process { get; }

    /// <summary>Where Kafka clients dial.</summary>
    public string Bootstrap => $"127.0.0.1:{Options.KafkaPort}";

    /// <summary>What it has printed on standard error so far.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>Everything it has printed so far.</summary>
    public string Output => string.Join('\n', _lines);

    /// <summary>Starts a silo and waits until it says that it is ready.</summary>
    /// <exception cref="ForeignProgramException">It has ended, or is not ready in time; its output is in the message.</exception>
    public static async Task<SiloProcess> StartAsync(SiloProcessOptions options)
    {
        var silo = Launch(options);
        try
        {
            await silo.WaitUntilReadyAsync();
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a silo and does not wait.</summary>
    public static SiloProcess Launch(SiloProcessOptions options)
    {
        string[] prefix = [.. options.Wrapper, "dotnet", options.Program ?? Repository.Program("Silo")];
        var start = new ProcessStartInfo(prefix[0], [.. prefix[1..], .. options.ToArguments()])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = options.DataDirectory,
        };
        foreach (var (name, value) in options.Environment)
        {
            start.Environment[name] = value;
        }

        return new SiloProcess(options, Process.Start(start)!);
    }

    /// <summary>Waits for /readyz to answer 200.</summary>
    public async Task WaitUntilReadyAsync()
    {
        using var guard = new CancellationTokenSource(Guard);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var ready = new Uri($"http://127.0.0.1:{Options.HttpPort}/readyz");
        try
        {
            while (await ticks.WaitForNextTickAsync(guard.Token))
            {
                if (Process.HasExited)
                {
                    await Process.WaitForExitAsync(guard.Token);
                    throw new ForeignProgramException($"the silo has ended with exit code {Process.ExitCode}\n{Output}");
                }

                try
                {
                    using var answer = await Http.GetAsync(ready, guard.Token);
                    if (answer.StatusCode == HttpStatusCode.OK)
                    {
                        return;
                    }
                }
                catch (HttpRequestException)
                {
                    // It does not listen yet.
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new ForeignProgramException($"the silo is not ready after {Guard}\n{Output}");
        }
    }

    /// <summary>Waits until it has printed a text: what it prints arrives here after it has happened.</summary>
    public Task WaitForOutputAsync(string text) => WaitForOutputAsync(output => output.Contains(text, StringComparison.Ordinal), $"'{text}'");

    /// <summary>Waits until what it has printed is as wanted.</summary>
    /// <param name="isThere">Judges everything that it has printed so far.</param>
    /// <param name="what">What is waited for, for people.</param>
    public async Task WaitForOutputAsync(Func<string, bool> isThere, string what)
    {
        using var guard = new CancellationTokenSource(Guard);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!isThere(Output))
            {
                await ticks.WaitForNextTickAsync(guard.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw new ForeignProgramException($"the silo has not printed {what} in {Guard}\n{Output}");
        }
    }

    /// <summary>Status code and body of a page of the silo's HTTP front end, good or bad.</summary>
    public async Task<(HttpStatusCode Status, string Body)> AskAsync(string path)
    {
        using var answer = await Http.GetAsync(new Uri($"http://127.0.0.1:{Options.HttpPort}{path}"));
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until a page of the silo's HTTP front end has a text in it.</summary>
    /// <exception cref="ForeignProgramException">It never has, or a single answer takes as long.</exception>
    public async Task AnswersAsync(string path, string text, TimeSpan limit)
    {
        using var guard = new CancellationTokenSource(limit);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var body = "";
        try
        {
            while (!(body = (await AskAsync(path).WaitAsync(guard.Token)).Body).Contains(text, StringComparison.Ordinal)) await ticks.WaitForNextTickAsync(guard.Token);
        }
        catch (OperationCanceledException)
        {
            throw new ForeignProgramException($"{path} has not said '{text}' in {limit}; the last answer is: {body}");
        }
    }

    /// <summary>Reads a page of the silo's HTTP front end.</summary>
    public Task<string> GetAsync(string path) => Http.GetStringAsync(new Uri($"http://127.0.0.1:{Options.HttpPort}{path}"));

    /// <summary>The sum of a metric's samples at /metrics whose label text contains <paramref name="labels"/>; null when there is none.</summary>
    public async Task<double?> MetricAsync(string name, string labels = "") => MetricsText.Sum(await GetAsync("/metrics"), name, labels);

    /// <summary>kill -9, and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        Signal(Signals.Kill);
        await Process.WaitForExitAsync();
    }

    /// <summary>Asks the silo to stop, and waits for its exit code.</summary>
    public Task<int> StopAsync()
    {
        Signal(Signals.Terminate);
        return WaitForExitAsync();
    }

    /// <summary>Waits until the process has ended by itself.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> WaitForExitAsync()
    {
        using var guard = new CancellationTokenSource(Guard);
        try
        {
            await Process.WaitForExitAsync(guard.Token);
        }
        catch (OperationCanceledException)
        {
            throw new ForeignProgramException($"the silo has not ended in {Guard}\n{Output}");
        }

        return Process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            await KillAsync();
        }

        AppDomain.CurrentDomain.ProcessExit -= EndWithParent;
        Process.Dispose();
    }

    /// <summary>A program that is interrupted does not come to the end of its using; its silo must not outlive it.</summary>
    private void EndWithParent(object? sender, EventArgs end) => Process.Kill();

    private void Keep(string? line, bool isError = false)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (isError)
        {
            _errors.Enqueue(line);
        }
    }

    /// <summary>Sends a signal of <see cref="Signals"/> to the silo.</summary>
    public void Signal(int signal)
    {
        if (!Process.HasExited)
        {
            Signals.Send(SiloId(), signal);
        }
    }

    // A wrapper such as strace has the silo as its child; the silo's own id is in its pid file.
    private int SiloId() => Options.Wrapper.Count == 0
        ? Process.Id
        : int.Parse(File.ReadAllText(Path.Combine(Options.DataDirectory, "silo.pid")), System.Globalization.CultureInfo.InvariantCulture);
}
