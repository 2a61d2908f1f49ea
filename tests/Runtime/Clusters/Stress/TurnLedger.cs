using System.Collections.Concurrent;
using Actors.Simulation.Tests.Cluster;
using Orleans.Runtime;
using Orleans.Storage;

namespace Actors.Runtime.Tests.Clusters.Stress;

/// <summary>
/// What grains did, on all silos: the steps of turns, and the writes that the store has done, judged by the simulation's own rule. Keeps
/// the first thing that must not be. Safe for use from any thread.
/// </summary>
internal sealed class TurnLedger
{
    private readonly Lock _lock = new();
    private readonly ActivationOrder _order = new();
    private readonly Dictionary<GrainId, StressGrain.Record> _stored = [];
    private readonly ConcurrentDictionary<GrainId, long> _added = new();
    private readonly ConcurrentDictionary<GrainId, long> _doubtful = new();
    private long _begun;
    private int _answered;

    /// <summary>The first thing that must not be; null so far.</summary>
    public string? Broken { get; private set; }

    /// <summary>How many calls have been answered.</summary>
    public int AnsweredCount => Volatile.Read(ref _answered);

    public int Steps { get; private set; }

    /// <summary>
    /// Steps in a thread that stood still between the look at its silo's lease and the step, until the lease was over. Overlaps are not
    /// excluded for them; their writes are.
    /// </summary>
    public int LateSteps { get; private set; }

    public int Writes { get; private set; }

    /// <summary>How often a record was written once more as it was.</summary>
    public int Taken { get; private set; }

    /// <summary>How many writes of activations that were over were refused.</summary>
    public int LateWritesRefused { get; private set; }

    public int Activations => _order.Activations;

    public long Begin() => Interlocked.Increment(ref _begun);

    public void Ran(GrainId grain, long activation, SiloAddress on, bool isLate)
    {
        lock (_lock)
        {
            if (isLate)
            {
                LateSteps++;
                return;
            }

            Steps++;
            if (!_order.TryRun(grain, activation))
            {
                Broken ??= $"Activation {activation} of {grain} on {on} runs a turn after activation {_order.LastOf(grain)} has run one: they overlap.";
            }
        }
    }

    /// <summary>Does a write and notes it, as one step.</summary>
    /// <param name="grain">Whose record it is.</param>
    /// <param name="record">What is written.</param>
    /// <param name="write">Does it at once, or throws.</param>
    public void Write(GrainId grain, StressGrain.Record record, Action write)
    {
        lock (_lock)
        {
            bool isFirst = !_stored.TryGetValue(grain, out StressGrain.Record? before);
            try
            {
                write();
            }
            catch (InconsistentStateException)
            {
                LateWritesRefused += _order.IsOver(grain, record.By) ? 1 : 0;
                throw;
            }

            if (record == before)
            {
                Taken++;
                return;
            }

            Writes++;
            _stored[grain] = record;
            if (!_order.MayWrite(grain, record.By, isFirst))
            {
                Broken ??= $"Activation {record.By} of {grain} completes a write after activation {_order.LastOf(grain)} has run a turn.";
            }
        }
    }

    public void Answered(GrainId grain)
    {
        _added.AddOrUpdate(grain, 1, static (_, count) => count + 1);
        Interlocked.Increment(ref _answered);
    }

    /// <summary>A call failed: whether it has added one is not known.</summary>
    public void Failed(GrainId grain) => _doubtful.AddOrUpdate(grain, 1, static (_, count) => count + 1);

    /// <summary>Null when each grain's stored count is what callers were told, give or take the calls that failed.</summary>
    public string? WrongCount()
    {
        lock (_lock)
        {
            return _stored.Select(stored =>
            {
                long added = _added.GetValueOrDefault(stored.Key);
                long most = added + _doubtful.GetValueOrDefault(stored.Key);
                return stored.Value.Count >= added && stored.Value.Count <= most ? null : $"{stored.Key} has {stored.Value.Count}, and callers were told of {added} to {most}.";
            }).FirstOrDefault(static wrong => wrong is not null);
        }
    }

    public override string ToString() =>
        $"{AnsweredCount} calls answered, {_doubtful.Values.Sum()} failed, {Steps} steps of turns, {LateSteps} late ones, {Activations} activations, {Writes} writes, {Taken} records taken, {LateWritesRefused} late writes refused";
}
