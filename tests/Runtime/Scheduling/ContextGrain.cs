using System.Text;
using Orleans;

namespace Actors.Runtime.Tests.Scheduling;

/// <summary>Reports where its code runs.</summary>
[GrainType("test.context")]
public sealed class ContextGrain : Grain, IContextGrain
{
    private static readonly AsyncLocal<string?> Left = new();

    /// <summary>The task that the last <see cref="StartAndForget"/> has started.</summary>
    public static WeakReference<Task>? Started { get; private set; }

    private bool _stop;

    public async Task<string> WhereAmI()
    {
        var report = new StringBuilder();
        void Note(string where) => report.Append(report.Length == 0 ? "" : " ").Append(where).Append(ReferenceEquals(TaskScheduler.Current, GrainContext.Scheduler) ? ":grain" : ":pool");
        Note("begin");
        await Task.Yield();
        Note("yield");
        await Task.Run(() => Note("outside"));
        Note("back");
        await Task.Factory.StartNew(() => Note("started"), CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Current);
        await Task.CompletedTask.ContinueWith(_ => Note("continued"), TaskScheduler.Current);
        await Task.Run(static () => { }).ConfigureAwait(false);
        Note("free");
        return report.ToString();
    }

    public async Task<string> CallOther(string key) => await GrainFactory.GetGrain<IContextGrain>(key).Stack();

    public Task<string> Stack() => Task.FromResult(Environment.StackTrace);

    public Task<string> LeaveBehind(string value)
    {
        string found = Left.Value ?? "nothing";
        Left.Value = value;
        return Task.FromResult(found);
    }

    public Task<int> StartAndForget()
    {
        Started = new WeakReference<Task>(Task.Factory.StartNew(static () => { }, CancellationToken.None, TaskCreationOptions.None, TaskScheduler.Current));
        return Task.FromResult(1);
    }

    public async Task Spin()
    {
        while (!_stop)
        {
            await Task.Yield();
        }
    }

    public Task StopSpinning()
    {
        _stop = true;
        return Task.CompletedTask;
    }
}
