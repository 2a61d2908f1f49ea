using Actors.Runtime.Cluster;
using Orleans.Runtime;

namespace Actors.Simulation.Tests.Cluster;

/// <summary>A process: the cluster machine under test, and the plainest driver that it can have.</summary>
internal sealed partial class SimSilo
{
    private readonly World _world;
    private readonly ClusterMachine _machine;
    private readonly double _clockRate;
    private readonly double _clockStartMs;
    private readonly Dictionary<SiloAddress, SimConnection> _connections = [];
    private readonly Queue<Action> _whilePaused = new();
    private bool _isDead;
    private bool _isPaused;
    private bool _isReading;
    private bool _isDoing;

    public SimSilo(World world, SimNode node, SiloAddress address)
    {
        _world = world;
        Node = node;
        Address = address;
        double drift = world.Timings.ClockDrift;
        _clockRate = world.Chance.Between(1 - drift, 1 + drift);
        _clockStartMs = world.Chance.Between(-1e6, 1e6);
        _machine = new ClusterMachine(address, node.Number, world.Timings, _ => _activations.Keys);
    }

    public SimNode Node { get; }

    public SiloAddress Address { get; }

    public ClusterView View => _machine.View;

    public bool IsActive => _machine.IsActive;

    public bool IsSettled => _machine.IsSettled;

    public string? Hindrance => _machine.Hindrance;

    /// <summary>True when the grain may begin here.</summary>
    public bool MayServe(GrainId grain) => HasLease && _machine.MayActivate(grain) is Permission.Serve;

    public bool IsPaused => _isPaused;

    public bool IsLeaving { get; private set; }

    /// <summary>True when nothing cuts it off from another node.</summary>
    public bool Reaches(World world) => world.Nodes.Any(other => !ReferenceEquals(other, Node) && !world.Network.IsCut(Node, other) && !world.Network.IsCut(other, Node));

    /// <summary>This process's monotonic clock, in milliseconds.</summary>
    private long NowMs => (long)(_clockStartMs + (_world.Time.NowMs * _clockRate));

    public bool HasLease => NowMs < _machine.LeaseUntilMs;

    public void Begin()
    {
        _machine.Join(NowMs);
        Do();
        Every(_world.Chance.Between(40, 100), Tick);
        Every(_world.Chance.Between(700, 1_300), ReadTable);
        Every(_world.Chance.Between(700, 1_300), RenewInStore);
        Every(_world.Chance.Between(60, 200), DialAll);
        Every(_world.Chance.Between(30, 200), CallSomebody);
    }

    /// <summary>Does something as this process: not when it is dead, later when it is paused.</summary>
    public void Run(Action what)
    {
        if (_isDead)
        {
            return;
        }

        if (_isPaused)
        {
            _whilePaused.Enqueue(what);
            return;
        }

        what();
    }

    /// <summary>A timer of this process.</summary>
    public void After(double delayMs, Action what) => _world.Time.After(delayMs / _clockRate, () => Run(what));

    public void Pause(double lengthMs)
    {
        if (_isPaused || _isDead)
        {
            return;
        }

        _world.Note($"{Address} pauses for {lengthMs:0}");
        _isPaused = true;
        _world.Waits.Harmed(Node);
        _world.Time.After(lengthMs, Resume);
    }

    public void Resume()
    {
        if (!_isPaused)
        {
            return;
        }

        _isPaused = false;
        while (!_isDead && !_isPaused && _whilePaused.TryDequeue(out Action? what))
        {
            what();
        }
    }

    public void Die(bool withHost)
    {
        _isDead = true;
        foreach (SimConnection connection in _connections.Values)
        {
            connection.Break(withHost ? 3_000 : 0.1, withHost ? 12_000 : 3);
        }

        _connections.Clear();
    }

    /// <summary>The operator asks it to stop.</summary>
    public void Leave() => Run(() =>
    {
        _world.Note($"{Address} is asked to leave");
        IsLeaving = true;
        _machine.Leave(NowMs);
        Do();
        After(12_000, () => End("it did not manage to leave in time"));
    });

    public bool Uses(SimConnection connection, SimSilo peer) => _connections.TryGetValue(peer.Address, out SimConnection? used) && ReferenceEquals(used, connection);

    public void Receive(SimSilo from, object message)
    {
        switch (message)
        {
            case PeerMessage peerMessage:
                _machine.Receive(from.Address, peerMessage, NowMs);
                Do();
                break;
            case SimCall call:
                Serve(from, call);
                break;
            case SimAnswer answer:
                _machine.RanTurn(from.Address, NowMs);
                Answered(answer);
                break;
            default:
                throw _world.Broken($"{message} is no message.");
        }
    }

    public void Lost(SiloAddress peer, SimConnection connection)
    {
        if (_connections.TryGetValue(peer, out SimConnection? used) && ReferenceEquals(used, connection))
        {
            _connections.Remove(peer);
            Dial(peer);
        }
    }

    /// <summary>The network gives the connection up.</summary>
    public void Break(SimSilo? peer)
    {
        if (peer is not null && _connections.TryGetValue(peer.Address, out SimConnection? connection))
        {
            connection.Break(0.1, 3_000);
            _world.Waits.Harmed(Node);
            _world.Waits.Harmed(peer.Node);
        }
    }

    public void ReadTable() => Run(() =>
    {
        if (_isReading)
        {
            return;
        }

        _isReading = true;
        _world.Store.Read(
            this,
            view =>
            {
                _isReading = false;
                HearTable(view);
            },
            () => _isReading = false);
    });

    private void HearTable(ClusterView view)
    {
        _machine.TableRead(view, NowMs);
        Do();
    }

    private void RenewInStore()
    {
        long sentMs = NowMs;
        _world.Store.Renew(this, () => _machine.StoreRenewed(sentMs));
    }

    private void Tick()
    {
        _machine.Tick(NowMs);
        Do();
        ServeParked();
        if (IsLeaving && _activations.Count == 0 && !_machine.IsActive)
        {
            _machine.Drained(NowMs);
            Do();
        }
    }

    private void Every(double periodMs, Action what)
    {
        void Again()
        {
            what();
            After(periodMs, Again);
        }

        After(_world.Chance.Between(0, periodMs), Again);
    }

    /// <summary>Does what the machine wants, in order: what comes of it is done after what was there.</summary>
    private void Do()
    {
        if (_isDoing)
        {
            return;
        }

        _isDoing = true;
        while (!_isDead && _machine.TakeOutputs() is { Count: > 0 } outputs)
        {
            foreach (ClusterOutput output in outputs)
            {
                if (!_isDead)
                {
                    Do(output);
                }
            }
        }

        _isDoing = false;
    }

    private void Do(ClusterOutput output)
    {
        switch (output)
        {
            case SendOutput send:
                Send(send.To, send.Message);
                break;
            case RunProbeOutput probe:
                After(_world.Chance.Between(0, 3), () =>
                {
                    _machine.ProbeRan(probe.From, probe.Number, NowMs);
                    Do();
                });
                break;
            case WriteMemberOutput write:
                _world.Store.Write(
                    this,
                    write,
                    view =>
                    {
                        HearTable(view);
                        _machine.WriteEnded(failed: false, NowMs);
                        Do();
                    },
                    () =>
                    {
                        _machine.WriteEnded(failed: true, NowMs);
                        Do();
                    });
                break;
            case InstalledOutput installed:
                _world.Note($"{Address} installs view {installed.View.Version}: {string.Join(", ", installed.View.Members.Where(static member => member.IsLive).Select(static member => $"{member.Silo} {member.Status}"))}");
                EndMoved();
                break;
            case MayServeMoreOutput:
                ServeParked();
                break;
            case StopSelfOutput stop:
                End(stop.Reason);
                break;
            default:
                throw _world.Broken($"{output} is no output.");
        }
    }

    private void End(string reason)
    {
        if (_isDead)
        {
            return;
        }

        _world.Note($"{Address} ends: {reason}");
        Die(withHost: false);
        Node.Ended(this);
    }

    private void Send(SiloAddress to, object message)
    {
        if (_connections.TryGetValue(to, out SimConnection? connection))
        {
            connection.Send(this, message);
        }
    }

    private void DialAll()
    {
        foreach (ViewMember member in View.Members)
        {
            if (member.IsLive && !member.Silo.Equals(Address))
            {
                Dial(member.Silo);
            }
        }
    }

    private void Dial(SiloAddress peer)
    {
        if (_connections.ContainsKey(peer))
        {
            return;
        }

        SimNode there = _world.Nodes.First(node => peer.Endpoint.Port == SimNode.PortOf(node.Number));
        double wayMs = _world.Network.DelayMs(Node, there);
        _world.Time.After(wayMs, () =>
        {
            if (_isDead || there.IsHostDown || _world.Network.IsCut(Node, there) || _world.Network.IsCut(there, Node) || there.Silo is { IsPaused: true })
            {
                return;
            }

            if (there.Silo is { } silo && silo.Address.Equals(peer))
            {
                Run(() => Connect(silo));
            }
            else
            {
                _world.Time.After(_world.Network.DelayMs(there, Node), () => Run(() =>
                {
                    if (there.Silo is null)
                    {
                        _machine.SurelyDead(peer, NowMs);
                    }
                    else
                    {
                        _machine.Replaced(peer, there.Number, NowMs);
                    }

                    Do();
                }));
            }
        });
    }

    private void Connect(SimSilo peer)
    {
        if (_connections.ContainsKey(peer.Address) || peer._isDead || peer.IsPaused)
        {
            return;
        }

        var connection = new SimConnection(_world, this, peer);
        if (peer._connections.Remove(Address, out SimConnection? old))
        {
            old.Break(0.1, 5);
        }

        _connections[peer.Address] = connection;
        peer._connections[Address] = connection;
        _machine.Connected(peer.Address, NowMs);
        Do();
        peer.Run(() =>
        {
            peer._machine.Connected(Address, peer.NowMs);
            peer.Do();
        });
    }
}
