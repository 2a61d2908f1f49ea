namespace Actors.Simulation.Tests.Cluster;

/// <summary>One connection between two silos: what is sent arrives in order, or not at all.</summary>
internal sealed class SimConnection
{
    private readonly World _world;
    private readonly Direction _there;
    private readonly Direction _back;

    public SimConnection(World world, SimSilo dialer, SimSilo acceptor)
    {
        _world = world;
        _there = new Direction(dialer, acceptor);
        _back = new Direction(acceptor, dialer);
    }

    public bool IsBroken { get; private set; }

    public void Send(SimSilo from, object message)
    {
        Direction way = ReferenceEquals(_there.From, from) ? _there : _back;
        way.Waiting.Enqueue(message);
        Move(way);
    }

    /// <summary>Both ends learn of it, each in its time.</summary>
    public void Break(double soonMs, double lateMs)
    {
        if (IsBroken)
        {
            return;
        }

        IsBroken = true;
        _there.Waiting.Clear();
        _back.Waiting.Clear();
        foreach (Direction way in (Direction[])[_there, _back])
        {
            _world.Time.After(_world.Chance.Between(soonMs, lateMs), () => way.To.Run(() => way.To.Lost(way.From.Address, this)));
        }
    }

    private void Move(Direction way)
    {
        if (way.IsMoving || IsBroken || way.Waiting.Count == 0)
        {
            return;
        }

        way.IsMoving = true;
        _world.Time.After(_world.Network.DelayMs(way.From.Node, way.To.Node), () =>
        {
            way.IsMoving = false;
            if (IsBroken)
            {
                return;
            }

            if (_world.Network.IsCut(way.From.Node, way.To.Node) || _world.Network.IsCut(way.To.Node, way.From.Node))
            {
                // Sent again and again, until it arrives or the connection is given up.
                _world.Time.After(_world.Chance.Between(50, 300), () => Move(way));
                return;
            }

            while (way.Waiting.TryDequeue(out object? message))
            {
                way.To.Run(() =>
                {
                    if (way.To.Uses(this, way.From))
                    {
                        way.To.Receive(way.From, message);
                    }
                });
            }
        });
    }

    private sealed record Direction(SimSilo From, SimSilo To)
    {
        public Queue<object> Waiting { get; } = new();

        public bool IsMoving { get; set; }
    }
}
