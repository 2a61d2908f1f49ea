using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Actors.Placement;
using Actors.Runtime.Cluster;
using Actors.Runtime.Metrics;
using Actors.Runtime.Scheduling;
using Orleans;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Actors.Runtime.Activations;

/// <summary>One grain class on this silo: what its attributes say, how it is made, and its activations.</summary>
internal sealed class GrainClass
{
    private readonly ConcurrentDictionary<IdSpan, Activation> _activations = new();
    private readonly Lazy<GrainConstructor>? _constructor;
    private int _count;

    /// <summary>A grain class.</summary>
    public GrainClass(LocalSilo silo, Type type, ServiceLifetimes lifetimes, long collectionAgeMs)
    {
        Silo = silo;
        Type = type;
        GrainType = TypeOf(type);
        _constructor = new Lazy<GrainConstructor>(() => new GrainConstructor(type, silo.Services, lifetimes));
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        CollectionAgeMs = collectionAgeMs;
        HasOnActivate = Overrides(type, nameof(IGrainBase.OnActivateAsync));
        HasOnDeactivate = Overrides(type, nameof(IGrainBase.OnDeactivateAsync));
        HasCallFilters = silo.IncomingFilters.Length > 0 || typeof(IIncomingGrainCallFilter).IsAssignableFrom(type);
        HasFilters = HasCallFilters;
        IsSystem = type == typeof(ProbeGrain);
        IsNodeInKey = type.IsDefined(typeof(NodeInKeyPlacementAttribute), inherit: true);
        Metrics = silo.Metrics.Of(GrainType.ToString(), () => Count);
    }

    /// <summary>The objects behind observer references.</summary>
    public GrainClass(LocalSilo silo, GrainType observerType)
    {
        Silo = silo;
        Type = typeof(IGrainObserver);
        GrainType = observerType;
        IsObserver = true;
        HasFilters = true;
        HasCallFilters = silo.IncomingFilters.Length > 0;
        CollectionAgeMs = long.MaxValue;
        Metrics = silo.Metrics.Of(observerType.ToString(), () => Count);
    }

    public LocalSilo Silo { get; }

    public Type Type { get; }

    public GrainType GrainType { get; }

    public ClassMetrics Metrics { get; }

    public bool IsReentrant { get; }

    public bool IsObserver { get; }

    /// <summary>True when keys name the node of their grain.</summary>
    public bool IsNodeInKey { get; }

    /// <summary>True when the cluster's view says where its grains live.</summary>
    public bool IsPlacedByHash => !IsObserver && !IsNodeInKey;

    /// <summary>True for the runtime's own grains that run while others may not.</summary>
    public bool IsSystem { get; }

    /// <summary>True when calls pass filters or need another look at their target.</summary>
    public bool HasFilters { get; }

    /// <summary>True when calls pass filters.</summary>
    public bool HasCallFilters { get; }

    public bool HasOnActivate { get; }

    public bool HasOnDeactivate { get; }

    /// <summary>How long an activation may be idle, in milliseconds; the largest number: for ever.</summary>
    public long CollectionAgeMs { get; }

    /// <summary>How many activations there are.</summary>
    public int Count => _count;


    /// <summary>The name of a grain class: from its attribute, or its own name in lower case without "grain" at the end.</summary>
    public static GrainType TypeOf(Type grainClass)
    {
        if (grainClass.GetCustomAttribute<GrainTypeAttribute>() is { } attribute)
        {
            return attribute.GetGrainType(null!, grainClass);
        }

#pragma warning disable CA1308 // Orleans names grains in lower case.
        string name = grainClass.Name.ToLowerInvariant();
#pragma warning restore CA1308
        return GrainType.Create(name.Length > 5 && name.EndsWith("grain", StringComparison.Ordinal) ? name[..^5] : name);
    }

    /// <summary>Makes an instance. The constructor is looked at when the first is made: a silo may know classes that it never runs.</summary>
    /// <exception cref="OrleansConfigurationException">The class cannot be made on this silo, and why.</exception>
    public object CreateInstance(Activation activation) => _constructor!.Value.Create(activation);

    public bool TryGet(IdSpan key, [NotNullWhen(true)] out Activation? activation) => _activations.TryGetValue(key, out activation);

    /// <summary>Finds the activation with this key or makes it; false with the reason when there is to be none here.</summary>
    public bool TryGetOrAdd(IdSpan key, [NotNullWhen(true)] out Activation? activation, [NotNullWhen(false)] out Exception? refusal)
    {
        refusal = null;
        if (_activations.TryGetValue(key, out activation))
        {
            return true;
        }

        if (IsObserver)
        {
            refusal = new ClientNotAvailableException($"The observer {GrainType}/{key} is not known here.");
            return false;
        }

        if (!Silo.AcceptsActivations && !IsSystem)
        {
            refusal = new SiloUnavailableException($"The silo {Silo.Address} stops, and {GrainType}/{key} is not active on it.");
            return false;
        }

        if (IsNodeInKey && !IsOnThisNode(key, out refusal))
        {
            return false;
        }

        var made = new Activation(this, key);
        activation = _activations.GetOrAdd(key, made);
        if (ReferenceEquals(made, activation))
        {
            Interlocked.Increment(ref _count);
            Silo.ActivationBegan(made);
            if (!Silo.AcceptsActivations && !IsSystem)
            {
                made.Deactivate(LocalSilo.Stopped);
            }
        }

        return true;
    }

    /// <summary>Adds an observer.</summary>
    public void Add(Activation observer)
    {
        if (!_activations.TryAdd(observer.Key, observer))
        {
            throw new InvalidOperationException($"{observer.GrainId} exists.");
        }

        Interlocked.Increment(ref _count);
        Silo.ActivationBegan(observer);
    }

    /// <summary>Takes an activation out; false when it is not the one that is known.</summary>
    public bool TryRemove(Activation ended)
    {
        bool isRemoved = _activations.TryRemove(new KeyValuePair<IdSpan, Activation>(ended.Key, ended));
        if (isRemoved)
        {
            Interlocked.Decrement(ref _count);
        }

        return isRemoved;
    }

    /// <summary>Puts an activation's successor in its place, or nothing; false, and nothing is done, when it is not the one that is known.</summary>
    public bool TryReplace(Activation ended, Activation? successor)
    {
        if (successor is null)
        {
            return TryRemove(ended);
        }

        if (!_activations.TryUpdate(ended.Key, successor, ended))
        {
            return false;
        }

        Silo.ActivationBegan(successor);
        return true;
    }

    /// <summary>The activations at some moment during the enumeration.</summary>
    public IEnumerable<Activation> Snapshot()
    {
        foreach (KeyValuePair<IdSpan, Activation> entry in _activations)
        {
            yield return entry.Value;
        }
    }

    private static bool Overrides(Type type, string method)
    {
        if (!typeof(IGrainBase).IsAssignableFrom(type))
        {
            return false;
        }

        InterfaceMapping map = type.GetInterfaceMap(typeof(IGrainBase));
        int index = Array.FindIndex(map.InterfaceMethods, candidate => candidate.Name == method);
        Type? declaring = map.TargetMethods[index]?.DeclaringType;
        return declaring is not null && declaring != typeof(Grain) && declaring != typeof(IGrainBase);
    }

    private bool IsOnThisNode(IdSpan key, [NotNullWhen(false)] out Exception? refusal)
    {
        refusal = null;
        if (!NodeInKey.TryParse(key.AsSpan(), out int nodeId))
        {
            refusal = new ArgumentException($"The key of {GrainType}/{key} names no node: expected …@number.");
        }
        else if (nodeId != Silo.NodeId)
        {
            refusal = new SiloUnavailableException($"{GrainType}/{key} lives on node {nodeId}, which is away; this is node {Silo.NodeId}.");
        }

        return refusal is null;
    }
}
