using Spectre.Console;

namespace Actors.Cli.Output;

/// <summary>Shows how far long work has come, on a terminal; elsewhere it only does the work.</summary>
internal static class Progress
{
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Does the work and shows a bar meanwhile.</summary>
    /// <param name="console">Where the bar goes: the error stream.</param>
    /// <param name="time">Paces the bar.</param>
    /// <param name="label">What is being done.</param>
    /// <param name="look">How much is done (0 to 1) and a few words about it; called from another thread than the work's.</param>
    /// <param name="work">The work.</param>
    public static async Task<T> ShowAsync<T>(
        CliConsole console, TimeProvider time, string label, Func<(double Share, string Words)> look, Func<Task<T>> work)
    {
        if (!console.IsErrorTerminal)
        {
            return await work();
        }

        return await AnsiConsoleProgress(console).StartAsync(async context =>
        {
            var bar = context.AddTask(Markup.Escape(label), maxValue: 1);
            var running = work();
            while (!running.IsCompleted)
            {
                using var stopWaiting = new CancellationTokenSource();
                await Task.WhenAny(running, Task.Delay(RefreshInterval, time, stopWaiting.Token));
                await stopWaiting.CancelAsync();
                var (share, words) = look();
                bar.Value = Math.Clamp(share, 0, 1);
                bar.Description = Markup.Escape($"{label}  {words}");
            }

            var result = await running;
            bar.Value = 1;
            return result;
        });
    }

    private static Spectre.Console.Progress AnsiConsoleProgress(CliConsole console) =>
        console.CreateErrorCanvas().Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new SpinnerColumn());
}
