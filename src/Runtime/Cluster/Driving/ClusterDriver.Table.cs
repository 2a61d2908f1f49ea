using Actors.Membership;
using Orleans.Runtime;

namespace Actors.Runtime.Cluster;

/// <content>Reading and writing the membership table.</content>
internal sealed partial class ClusterDriver
{
    private static readonly TimeSpan RenewPeriod = TimeSpan.FromSeconds(1);

    private int _reading;

    private async Task WriteAsync(WriteMemberOutput write)
    {
        ClusterView? view = null;
        string? refusal = null;
        string? trouble = null;
        try
        {
            await _table.WriteAsync(write.ExpectedVersion, write.Member, _stopping.Token);
            view = await ReadAsync(_stopping.Token);
        }
        catch (SiloRefusedException refused)
        {
            refusal = refused.Message;
            if (NowMs > _timings.RefusedMs && !IsSilent(refused.Holder))
            {
                _out.TrySetResult(new StopSelfOutput(refusal, LeftByItself: false));
            }
        }
        catch (Exception error)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            _log.WriteFailed(error, write.Member.Silo, write.Member.Status);
            trouble = Describe(error);
        }

        lock (_lock)
        {
            (_refusal, _tableTrouble) = (refusal, trouble);
            if (view is not null)
            {
                _machine.TableRead(view, NowMs);
            }

            _machine.WriteEnded(failed: view is null, NowMs);
            Perform();
        }

        if (view is not null && write.Member.Silo.Equals(_silo.Address))
        {
            // A member without a lease serves nobody: it does not wait for the next period.
            await RenewOnceAsync();
        }
    }

    /// <summary>Reads the table once more, unless that is being done already.</summary>
    private void ReadTableSoon()
    {
        if (Interlocked.Exchange(ref _reading, 1) == 0)
        {
            _ = Task.Run(ReadTableAsync);
        }
    }

    /// <summary>
    /// Reads the table. What this silo had seen before it asked is in it, or the table is an older one than before, and says nothing of
    /// who is a member now.
    /// </summary>
    private async Task<ClusterView> ReadAsync(CancellationToken token)
    {
        long known = Routes.View.Version;
        ClusterView view = await _table.ReadAsync(token);
        return view.Version >= known
            ? view
            : throw new MembershipStoreException(
                "read the members",
                mayHaveHappened: false,
                $"it is at version {view.Version}, and this silo has seen version {known} of it: it was restored from an older copy, or a replica took over that had not received everything. "
                + "The silos go on with what they know. Bring the newer table back, or stop all silos and start them again.");
    }

    /// <summary>Reads the table.</summary>
    public async Task RefreshAsync(CancellationToken token)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, _stopping.Token);
        Hear(await ReadAsync(either.Token));
    }

    /// <summary>Waits a little, before the table is asked again.</summary>
    public Task PauseAsync(CancellationToken token) => Task.Delay(TickPeriod, _time, token);

    /// <summary>Declares a silo dead, whatever anybody knows of it: that is always safe, because its grains wait until it is finished.</summary>
    /// <returns>True when it is dead; false when it never was a member, or this silo ends.</returns>
    /// <exception cref="ArgumentException">It is this silo: its own vote would say that it has left, after its last turn.</exception>
    public async Task<bool> KillAsync(SiloAddress silo)
    {
        if (silo.Equals(_silo.Address))
        {
            throw new ArgumentException($"{silo} is this silo, and does not declare itself dead: stop it, or ask another one.", nameof(silo));
        }

        while (!_stopping.IsCancellationRequested)
        {
            ClusterView view = await ReadAsync(_stopping.Token);
            Hear(view);
            if (view.Find(silo) is not { IsLive: true } member)
            {
                return view.IsDead(silo);
            }

            await _table.WriteAsync(view.Version, member with { Status = SiloStatus.Dead, Voters = [_silo.Address] }, _stopping.Token);
        }

        return false;
    }

    private static string Describe(Exception error) =>
        $"The membership table does not answer as it should, and nobody joins, leaves or is declared dead until it does: {error.Message}";

    private bool IsSilent(SiloAddress silo)
    {
        lock (_lock)
        {
            return _machine.IsSilent(silo, NowMs);
        }
    }

    private void Hear(ClusterView view)
    {
        lock (_lock)
        {
            _tableTrouble = null;
            _machine.TableRead(view, NowMs);
            Perform();
        }
    }

    private async Task ReadTableAsync()
    {
        try
        {
            ClusterView view = await ReadAsync(_stopping.Token);
            Volatile.Write(ref _reading, 0);
            Hear(view);
        }
        catch (Exception error)
        {
            Volatile.Write(ref _reading, 0);
            if (!_stopping.IsCancellationRequested)
            {
                _log.ReadFailed(error);
                Blame(error);
            }
        }
    }

    private void Blame(Exception error)
    {
        lock (_lock)
        {
            _tableTrouble = Describe(error);
            Tell();
        }
    }

    /// <summary>Hears of changes, renews this silo's lease, and reads when the version is another.</summary>
    private async Task WatchTableAsync()
    {
        Task renewing = RenewAsync();
        Task forgetting = ForgetAsync();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (int version in _table.WatchAsync(_stopping.Token))
                {
                    if (version > Routes.View.Version)
                    {
                        ReadTableSoon();
                    }
                }
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)
            {
                _log.ReadFailed(error);
                await SleepAsync(RenewPeriod);
            }
        }

        await renewing;
        await forgetting;
    }

    /// <summary>Has the table forget those that are dead for long; the member with the lowest node does it for all.</summary>
    private async Task ForgetAsync()
    {
        if (_options.DefunctSiloCleanupPeriod is not { } period)
        {
            return;
        }

        while (!_stopping.IsCancellationRequested)
        {
            await SleepAsync(period);
            // One of whom it is not known yet that it runs no more must not be missed in a view.
            if (!Routes.IsQuick || Routes.View.Members.Where(static member => member.IsPlaceable).MinBy(static member => member.NodeId) is not { } first || !first.Silo.Equals(_silo.Address))
            {
                continue;
            }

            try
            {
                await _table.ForgetAsync(_options.DefunctSiloExpiration, _stopping.Token);
            }
            catch (Exception error)
            {
                if (!_stopping.IsCancellationRequested)
                {
                    _log.ForgetFailed(error);
                }
            }
        }
    }

    private async Task RenewAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await RenewOnceAsync();
            await SleepAsync(RenewPeriod);
        }
    }

    private async Task RenewOnceAsync()
    {
        long sentMs = NowMs;
        try
        {
            (bool lives, long version) = await _table.RenewAsync(_stopping.Token);
            if (lives)
            {
                Do((machine, _) => machine.StoreRenewed(sentMs));
            }

            // Who is in the way may be so until its lease in the table is old enough, which only the table shows.
            if (version > Routes.View.Version || Status.Now is not { IsActive: true, Hindrance: null })
            {
                ReadTableSoon();
            }
        }
        catch (Exception error)
        {
            if (!_stopping.IsCancellationRequested)
            {
                _log.RenewFailed(error);
                Blame(error);
            }
        }
    }

    private async Task SleepAsync(TimeSpan length)
    {
        try
        {
            await Task.Delay(length, _time, _stopping.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
