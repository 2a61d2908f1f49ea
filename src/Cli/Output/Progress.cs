using System.Globalization;
using Spectre.Console;

namespace Actors.Cli.Output;

/// <summary>Shows how far long work has come: a bar on a terminal, elsewhere a plain line now and then.</summary>
internal static class Progress
{
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(2);

    /// <summary>Does the work and shows meanwhile how it goes.</summary>
    /// <param name="console">It goes to the error stream; null: nothing is shown.</param>
    /// <param name="time">Paces what is shown.</param>
    /// <param name="label">What is being done.</param>
    /// <param name="look">How much is done (0 to 1) and a few words about it; called from another thread than the work's.</param>
    /// <param name="work">The work.</param>
    public static async Task<T> ShowAsync<T>(
        CliConsole? console, TimeProvider time, string label, Func<(double Share, string Words)> look, Func<Task<T>> work)
    {
        if (console is null)
        {
            return await work();
        }

        return console.IsErrorTerminal
            ? await WithBar(console).StartAsync(async context =>
            {
                var bar = context.AddTask(Markup.Escape(label), maxValue: 1);
                var running = work();
                await WatchAsync(running, BarInterval, time, () =>
                {
                    var (share, words) = look();
                    bar.Value = Math.Clamp(share, 0, 1);
                    bar.Description = Markup.Escape($"{label}  {words}");
                });
                return await running;
            })
            : await WithLinesAsync(console, time, label, look, work());
    }

    private static async Task<T> WithLinesAsync<T>(
        CliConsole console, TimeProvider time, string label, Func<(double Share, string Words)> look, Task<T> running)
    {
        await WatchAsync(running, LineInterval, time, () =>
        {
            var (share, words) = look();
            console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{label}: {100 * Math.Clamp(share, 0, 1):N0} %, {words}"));
        });
        return await running;
    }

    /// <summary>Calls back at every interval until the work has ended, however it ends.</summary>
    private static async Task WatchAsync(Task running, TimeSpan interval, TimeProvider time, Action show)
    {
        while (true)
        {
            using var stopWaiting = new CancellationTokenSource();
            await Task.WhenAny(running, Task.Delay(interval, time, stopWaiting.Token));
            await stopWaiting.CancelAsync();
            if (running.IsCompleted)
            {
                return;
            }

            show();
        }
    }

    private static Spectre.Console.Progress WithBar(CliConsole console) =>
        console.CreateErrorCanvas().Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn());
}
