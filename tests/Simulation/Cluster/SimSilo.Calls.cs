using Actors.Runtime.Cluster;
using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

internal sealed partial class SimSilo
{
    /// <summary>For so long a grain that moves may end its last turn.</summary>
    public const double DrainMs = 5_000;

    private const double UsualTurnMs = 20;
    /// <summary>A call that may have been lost is made anew after so long.</summary>
    public const double AskAgainMs = 2_000;

    private const int MaxAttemptsToTake = 3;

    private readonly Dictionary<GrainId, SimActivation> _activations = [];
    private readonly List<(SimSilo Caller, SimCall Call)> _parked = [];

    public List<PendingCall> Pending { get; } = [];

    /// <summary>What this silo has of a grain, for the one who looks for an error.</summary>
    public string Describe(GrainId grain) =>
        (_activations.TryGetValue(grain, out SimActivation? there)
            ? $"activation {there.Number}: ready {there.IsReady}, ending {there.IsEnding}, poisoned {there.IsPoisoned}, {there.RunningTurns} turns run, {there.Calls.Count} calls wait"
            : $"no activation, {_machine.MayActivate(grain)}")
        + $"; {_parked.Count} calls parked; lease for {_machine.LeaseUntilMs - NowMs} ms";

    private void CallSomebody()
    {
        Pending.RemoveAll(static call => call.IsAnswered);
        if (!IsLeaving && View.IsHolder(Address) && Pending.Count < 100)
        {
            Call(_world.Chance.One(_world.Grains), AskAgainMs);
        }
    }

    /// <summary>Calls a grain from this silo, again and again until it answers.</summary>
    public PendingCall Call(GrainId grain, double everyMs)
    {
        var pending = new PendingCall(grain, _world.Time.NowMs);
        Pending.Add(pending);
        AskUntilAnswered(pending, everyMs);
        return pending;
    }

    /// <summary>Begins a turn of a grain that is here; it writes only after so long.</summary>
    public void WriteLate(GrainId grain, double afterMs)
    {
        SimActivation activation = _activations[grain];
        activation.RunningTurns++;
        After(afterMs, () => Step(activation, () => Write(activation)));
    }

    private void AskUntilAnswered(PendingCall pending, double everyMs)
    {
        if (!pending.IsAnswered)
        {
            Ask(pending);
            After(everyMs, () => AskUntilAnswered(pending, everyMs));
        }
    }

    private void Ask(PendingCall pending)
    {
        if (View.HomeOf(pending.Grain) is not { } home)
        {
            return;
        }

        var call = new SimCall(pending, pending.Grain, View.Version);
        if (home.Equals(Address))
        {
            Serve(this, call);
        }
        else
        {
            Send(home, call);
        }
    }

    private void Answered(SimAnswer answer)
    {
        if (answer.WasRun)
        {
            if (!answer.Pending.IsAnswered)
            {
                _world.Waits.Answered(this, answer.Pending);
                answer.Pending.IsAnswered = true;
            }
        }
        else
        {
            After(_world.Chance.Between(1, 20), () =>
            {
                if (!answer.Pending.IsAnswered)
                {
                    Ask(answer.Pending);
                }
            });
        }
    }

    private void Answer(SimSilo caller, PendingCall pending, bool wasRun)
    {
        if (ReferenceEquals(caller, this))
        {
            Answered(new SimAnswer(pending, wasRun));
        }
        else
        {
            Send(caller.Address, new SimAnswer(pending, wasRun));
        }
    }

    private void Serve(SimSilo caller, SimCall call)
    {
        if (call.Version > View.Version)
        {
            Answer(caller, call.Pending, wasRun: false);
            return;
        }

        if (_activations.TryGetValue(call.Grain, out SimActivation? there) && !there.IsEnding)
        {
            if (!there.Calls.Any(waiting => ReferenceEquals(waiting.Pending, call.Pending)))
            {
                there.Calls.Enqueue((caller, call.Pending));
            }

            Turn(there);
            return;
        }

        switch (there is null ? _machine.MayActivate(call.Grain) : Address.Equals(View.HomeOf(call.Grain)) ? Permission.Wait : Permission.Elsewhere)
        {
            case Permission.Elsewhere:
                Answer(caller, call.Pending, wasRun: false);
                break;
            case Permission.Serve when HasLease:
                Activate(call.Grain).Calls.Enqueue((caller, call.Pending));
                break;
            default:
                if (!_parked.Exists(waiting => ReferenceEquals(waiting.Call.Pending, call.Pending)))
                {
                    _parked.Add((caller, call));
                }

                break;
        }
    }

    private void ServeParked()
    {
        if (_parked.Count == 0)
        {
            return;
        }

        (SimSilo Caller, SimCall Call)[] parked = [.. _parked];
        _parked.Clear();
        foreach ((SimSilo caller, SimCall call) in parked)
        {
            Serve(caller, call);
        }
    }

    private SimActivation Activate(GrainId grain)
    {
        var activation = new SimActivation(grain, ++_world.ActivationCount);
        _activations[grain] = activation;
        _world.Note($"{Address} makes activation {activation.Number} of {grain}");
        ReadRow(activation, attempt: 1);
        return activation;
    }

    /// <summary>As a grain's state does: the record is read, and taken when it is there and a late write of another may be on its way.</summary>
    private void ReadRow(SimActivation activation, int attempt) => _world.Store.ReadRow(
        this,
        activation.Grain,
        etag =>
        {
            activation.Etag = etag;
            if (etag == SimStore.NoRow || !_machine.MustTakeRecords)
            {
                Begin(activation);
            }
            else
            {
                TakeRow(activation, attempt);
            }
        },
        () => Fail(activation));

    private void TakeRow(SimActivation activation, int attempt) => _world.Store.TakeRow(
        this,
        activation.Grain,
        activation.Etag,
        etag =>
        {
            activation.Etag = etag;
            Begin(activation);
        },
        () =>
        {
            if (attempt < MaxAttemptsToTake)
            {
                ReadRow(activation, attempt + 1);
            }
            else
            {
                Fail(activation);
            }
        },
        () => Fail(activation));

    private void Begin(SimActivation activation)
    {
        activation.IsReady = true;
        if (activation.IsEnding)
        {
            EndIfIdle(activation);
        }
        else
        {
            Turn(activation);
        }
    }

    /// <summary>It has no record to begin with. A record that it may have taken is as it was.</summary>
    private void Fail(SimActivation activation)
    {
        activation.IsEnding = true;
        EndIfIdle(activation);
    }

    /// <summary>Runs one turn of a few milliseconds, and a write with some of them; every step only under the lease.</summary>
    private void Turn(SimActivation activation)
    {
        if (!activation.IsReady || activation.RunningTurns > 0 || activation.Calls.Count == 0)
        {
            return;
        }

        activation.RunningTurns++;
        Step(activation, () =>
        {
            bool writes = _world.Writes && _world.Chance.Of(0.3);
            double lengthMs = _world.IsTroubled && _world.Chance.Of(0.02) ? _world.Chance.Between(500, 8_000) : writes ? 0 : _world.Chance.Between(0, UsualTurnMs);
            if (lengthMs > UsualTurnMs)
            {
                _world.Waits.Busy(activation.Grain, _world.Time.NowMs + lengthMs);
            }

            if (!writes)
            {
                After(lengthMs, () => Step(activation, () => Finish(activation)));
            }
            else if (lengthMs == 0)
            {
                Write(activation);
            }
            else
            {
                After(lengthMs, () => Step(activation, () => Write(activation)));
            }
        });
    }

    private void Write(SimActivation activation) => _world.Store.WriteRow(
        this,
        activation.Grain,
        activation.Number,
        activation.Etag,
        etag =>
        {
            activation.Etag = etag;
            Step(activation, () => Finish(activation));
        },
        () => Spoiled(activation),
        () =>
        {
            if (!activation.IsPoisoned)
            {
                // It may still be done, at any time. Of one that is cut off nothing runs that could tell.
                _machine.CutOff();
                Do();
                Spoiled(activation);
            }
        });

    /// <summary>A step of a turn: it waits for the lease, and never comes when the activation was poisoned.</summary>
    private void Step(SimActivation activation, Action what)
    {
        if (activation.IsPoisoned)
        {
            return;
        }

        if (!HasLease)
        {
            After(20, () => Step(activation, what));
            return;
        }

        _world.Oracle.Ran(activation.Grain, activation.Number, Address);
        _world.Waits.Ran(activation.Grain, Address);
        what();
    }

    private void Finish(SimActivation activation)
    {
        activation.RunningTurns--;
        (SimSilo caller, PendingCall pending) = activation.Calls.Dequeue();
        Answer(caller, pending, wasRun: true);
        if (activation.IsEnding)
        {
            EndIfIdle(activation);
        }
        else
        {
            Turn(activation);
        }
    }

    /// <summary>Its write failed or is in doubt: it must not go on with what it has in memory.</summary>
    private void Spoiled(SimActivation activation)
    {
        activation.RunningTurns--;
        activation.IsEnding = true;
        EndIfIdle(activation);
    }

    private void EndMoved()
    {
        foreach (SimActivation activation in _activations.Values.ToArray())
        {
            if (activation.IsEnding || Address.Equals(View.HomeOf(activation.Grain)))
            {
                continue;
            }

            activation.IsEnding = true;
            After(DrainMs, () =>
            {
                if (IsHere(activation))
                {
                    _machine.CutOff();
                    Do();
                    activation.IsPoisoned = true;
                    activation.RunningTurns = 0;
                    EndIfIdle(activation);
                }
            });
            EndIfIdle(activation);
        }
    }

    private bool IsHere(SimActivation activation) =>
        _activations.TryGetValue(activation.Grain, out SimActivation? there) && ReferenceEquals(there, activation);

    private void EndIfIdle(SimActivation activation)
    {
        if (activation.RunningTurns > 0 || !IsHere(activation))
        {
            return;
        }

        _activations.Remove(activation.Grain);
        activation.IsPoisoned = true;
        _world.Note($"{Address} ends activation {activation.Number} of {activation.Grain}");
        foreach ((SimSilo caller, PendingCall pending) in activation.Calls)
        {
            Answer(caller, pending, wasRun: false);
        }

        _machine.Ended([activation.Grain]);
        Do();
        ServeParked();
    }
}
