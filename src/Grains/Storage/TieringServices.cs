using System.Collections.Concurrent;
using Actors.Storage.BackEnds;
using Actors.Storage.Heat;
using Actors.Storage.Policies;

namespace Actors.Grains.Storage;

/// <summary>What the controller's grains of a silo share.</summary>
/// <param name="Settings">How it works.</param>
/// <param name="BackEnd">What moves volumes; null when the silo has none.</param>
/// <param name="Heat">Where heat is read; null when the silo has nowhere.</param>
/// <param name="Time">The clock.</param>
/// <param name="Ids">Ids and random pauses.</param>
/// <param name="Metrics">What is reported.</param>
public sealed record TieringServices(TieringSettings Settings, IVolumeBackEnd? BackEnd, IHeatSource? Heat, TimeProvider Time, IdSource Ids, StorageMetrics Metrics)
{
    /// <summary>What to do where there is no back end.</summary>
    public const string NoBackEnd = "no back end is set, so there are no volumes: name one with the option Storage:BackEnd";

    /// <summary>Where people keep policies; null: here, in the silos' own store.</summary>
    public IPolicySource? PolicySource { get; init; }

    /// <summary>Why policies are not changed here; null when they are.</summary>
    public string? PoliciesKeptElsewhere => PolicySource is null ? null : $"policies are kept in {PolicySource.Name}, and changed there with its own tools, such as kubectl apply and kubectl delete";

    /// <summary>Calls that have outlived their deadlines and run yet, by what they are about.</summary>
    private readonly ConcurrentDictionary<string, Task> _late = [];

    /// <summary>Milliseconds since 1970.</summary>
    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Calls the back end with a deadline, also one that ignores its token.</summary>
    /// <remarks>
    /// A call that outlives its deadline runs on, and may have its effect yet: until it ends, calls about the same subject are refused at once. So calls
    /// that never end hold one thread for each subject, however often it is asked for, and no effect on a volume overtakes another.
    /// </remarks>
    /// <param name="subject">What it is about, for people: a volume, or all of them.</param>
    /// <param name="call">The call. Its token ends with the deadline.</param>
    /// <param name="stopping">Ends the wait.</param>
    /// <exception cref="BackEndException">It said no, did not answer in time, has not ended an earlier call, or there is none.</exception>
    public async Task<T> AskBackEndAsync<T>(string subject, Func<IVolumeBackEnd, CancellationToken, Task<T>> call, CancellationToken stopping)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (BackEnd is null) throw new BackEndException(NoBackEnd, isPermanent: false);
        if (_late.ContainsKey(subject)) throw new BackEndException($"the back end {BackEnd.Name} has not ended an earlier call about {subject}; look at its disks", isPermanent: false);
        using var deadline = new CancellationTokenSource(Settings.BackEndTimeout, Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        Task<T>? answer = null;
        try
        {
            answer = call(BackEnd, linked.Token);
            return await answer.WaitAsync(linked.Token);
        }
        catch (OperationCanceledException late) when (linked.IsCancellationRequested)
        {
            if (answer is { IsCompleted: false }) _ = RememberAsync(subject, answer);
            if (stopping.IsCancellationRequested) throw;
            throw new BackEndException(FormattableString.Invariant($"the back end {BackEnd.Name} did not answer within {Settings.BackEndTimeout.TotalSeconds:0.#} s"), isPermanent: false, late);
        }
    }

    private async Task RememberAsync(string subject, Task late)
    {
        _late[subject] = late;
        // However it ends; the next look tells what it did.
        await late.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _late.TryRemove(new(subject, late));
    }
}
