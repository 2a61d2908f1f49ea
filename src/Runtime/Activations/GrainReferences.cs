using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Actors.Runtime.Invocation;
using Actors.Runtime.Scheduling;
using Actors.Runtime.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Actors.Runtime.Activations;

/// <summary>
/// Makes references: knows the silo's grain interfaces and classes, and which class serves which interface. Read-only after it
/// has been made, apart from observers; safe for use from any thread.
/// </summary>
internal sealed class GrainReferences : IClusterClient, IGrainReferenceSource
{
    private const string ObserverType = "sys.observer";

    private readonly LocalSilo _silo;
    private readonly FrozenDictionary<Type, InterfaceBinding> _byType;
    private readonly FrozenDictionary<GrainInterfaceType, InterfaceBinding> _byName;
    private readonly FrozenDictionary<GrainType, GrainClass> _classes;
    private readonly GrainClass _observers;
    private long _observerIds;

    /// <exception cref="OrleansConfigurationException">Two classes have one name.</exception>
    public GrainReferences(LocalSilo silo)
    {
        _silo = silo;
        IServiceProvider services = silo.Services;
        GrainCode code = services.GetRequiredService<GrainCode>();
        var collection = services.GetRequiredService<IOptions<GrainCollectionOptions>>().Value;
        var lifetimes = services.GetRequiredService<ServiceLifetimes>();
        var classes = new Dictionary<GrainType, GrainClass>();
        foreach (Type type in code.Classes)
        {
            var made = new GrainClass(silo, type, lifetimes, CollectionAge.Of(type, collection));
            if (!classes.TryAdd(made.GrainType, made))
            {
                throw new OrleansConfigurationException(
                    $"{type.FullName} and {classes[made.GrainType].Type.FullName} are both called '{made.GrainType}': give one of them another [GrainType].");
            }
        }

        _observers = new GrainClass(silo, GrainType.Create(ObserverType));
        _classes = classes.ToFrozenDictionary();
        _byType = code.Interfaces.ToFrozenDictionary(one => one.InterfaceType, one => new InterfaceBinding(one, Serving(one.InterfaceType)));
        _byName = _byType.Values.ToFrozenDictionary(binding => binding.Name);
    }

    public IServiceProvider ServiceProvider => _silo.Services;

    /// <summary>All grain classes, and the one of observers.</summary>
    public IEnumerable<GrainClass> Classes => [.. _classes.Values, _observers];

    /// <summary>How many grain classes there are.</summary>
    public int ClassCount => _classes.Count;

    public bool TryGetClass(GrainType type, [NotNullWhen(true)] out GrainClass? grainClass)
    {
        if (type == _observers.GrainType)
        {
            grainClass = _observers;
            return true;
        }

        return _classes.TryGetValue(type, out grainClass);
    }

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return (TGrainInterface)(object)Make(typeof(TGrainInterface), IdSpan.Create(primaryKey), grainClassNamePrefix);
    }

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey =>
        (TGrainInterface)(object)Make(typeof(TGrainInterface), GrainIdKeyExtensions.CreateIntegerKey(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey =>
        (TGrainInterface)(object)Make(typeof(TGrainInterface), GrainIdKeyExtensions.CreateGuidKey(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable =>
        (TGrainInterface)(object)Make(Binding(typeof(TGrainInterface)), grainId);

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(grainPrimaryKey);
        return (IGrain)Make(grainInterfaceType, IdSpan.Create(grainPrimaryKey), classNamePrefix: null);
    }

    public IAddressable GetGrain(GrainId grainId, GrainInterfaceType interfaceType) =>
        Find(grainId, interfaceType) ?? throw new ArgumentException($"No grain interface is called '{interfaceType}'.", nameof(interfaceType));

    public GrainReference? Find(GrainId grainId, GrainInterfaceType interfaceType) =>
        _byName.TryGetValue(interfaceType, out InterfaceBinding? binding) ? Make(binding, grainId) : null;

    public object Cast(GrainReference reference, Type interfaceType) =>
        interfaceType.IsInstanceOfType(reference) ? reference : Make(Binding(interfaceType), reference.GrainId);

    /// <summary>A reference to an activation that is known by no particular interface.</summary>
    public GrainReference ReferenceTo(Activation activation)
    {
        foreach (Type type in activation.Class.Type.GetInterfaces())
        {
            if (_byType.TryGetValue(type, out InterfaceBinding? binding))
            {
                return Make(binding, activation.GrainId);
            }
        }

        throw new InvalidOperationException($"{activation.Class.Type.FullName} implements no grain interface.");
    }

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ArgumentNullException.ThrowIfNull(obj);
        if (obj is GrainReference or IGrainBase)
        {
            throw new ArgumentException("An observer is an object that is neither a grain nor a reference.", nameof(obj));
        }

        InterfaceBinding binding = Binding(typeof(TGrainObserverInterface));
        var key = IdSpan.Create(string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{_silo.Address.ToParsableString()}/{Interlocked.Increment(ref _observerIds)}"));
        _observers.Add(new Activation(_observers, key, new WeakReference<object>(obj)));
        return (TGrainObserverInterface)(object)Make(binding, new GrainId(_observers.GrainType, key));
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        if (obj is not GrainReference reference || reference.GrainId.Type != _observers.GrainType)
        {
            throw new ArgumentException("What is deleted is the reference that was made for the object.", nameof(obj));
        }

        if (_observers.TryGet(reference.Key, out Activation? activation))
        {
            activation.Deactivate(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "The observer's reference was deleted."));
        }
    }

    /// <summary>The silo in whose process the object behind an observer's key is.</summary>
    public static bool TryGetObserverSilo(IdSpan key, [NotNullWhen(true)] out SiloAddress? silo)
    {
        string text = key.ToString();
        int slash = text.LastIndexOf('/');
        silo = null;
        return slash > 0 && SiloAddress.TryParse(text[..slash], out silo);
    }

    private InterfaceBinding Binding(Type interfaceType) =>
        _byType.TryGetValue(interfaceType, out InterfaceBinding? binding)
            ? binding
            : throw new ArgumentException(
                $"{interfaceType.FullName} is no grain interface that this silo knows: its assembly brings no generated code for it.", nameof(interfaceType));

    private GrainReference Make(Type interfaceType, IdSpan key, string? classNamePrefix)
    {
        InterfaceBinding binding = Binding(interfaceType);
        GrainReferenceShared shared = classNamePrefix is null
            ? binding.Default ??= Share(binding, Choose(binding, prefix: null))
            : Share(binding, Choose(binding, classNamePrefix));
        return binding.Code.CreateReference(shared, key);
    }

    private GrainReference Make(InterfaceBinding binding, GrainId id)
    {
        TryGetClass(id.Type, out GrainClass? grainClass);
        return binding.Code.CreateReference(binding.Shared(id.Type, (type, one) => Share(one, type, grainClass)), id.Key);
    }

    private GrainReferenceShared Share(InterfaceBinding binding, GrainClass grainClass) =>
        binding.Shared(grainClass.GrainType, (type, one) => Share(one, type, grainClass));

    private GrainReferenceShared Share(InterfaceBinding binding, GrainType type, GrainClass? grainClass) =>
        new(type, binding.Name, binding.Code.Version, Orleans.CodeGeneration.InvokeMethodOptions.None, _silo.Services, _silo, grainClass);

    /// <summary>The class that serves an interface: the only one, the one with the prefix, or the one that is named after it.</summary>
    private static GrainClass Choose(InterfaceBinding binding, string? prefix)
    {
        List<GrainClass> candidates = prefix is null
            ? binding.Serving
            : binding.Serving.FindAll(one => one.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal));
        if (candidates.Count > 1)
        {
            string name = binding.Code.InterfaceType.Name;
            GrainClass? named = candidates.Find(one => name.Length > 1 && one.Type.Name == name[1..]);
            if (named is not null)
            {
                return named;
            }
        }

        return candidates.Count == 1
            ? candidates[0]
            : throw new ArgumentException(candidates.Count == 0
                ? $"No grain class implements {binding.Code.InterfaceType.FullName}{(prefix is null ? "" : $" and begins with '{prefix}'")}."
                : $"Several grain classes implement {binding.Code.InterfaceType.FullName}: {string.Join(", ", candidates.Select(one => one.Type.FullName))}. Say which by a prefix of its name.");
    }

    private List<GrainClass> Serving(Type interfaceType) => [.. _classes.Values.Where(one => interfaceType.IsAssignableFrom(one.Type))];

    private sealed class InterfaceBinding(GrainInterfaceCode code, List<GrainClass> serving)
    {
        private readonly ConcurrentDictionary<GrainType, GrainReferenceShared> _shared = new();

        public GrainInterfaceCode Code => code;

        public List<GrainClass> Serving => serving;

        public GrainInterfaceType Name { get; } = new(code.Name);

        /// <summary>What references share that name no class; null until one is made.</summary>
        public GrainReferenceShared? Default { get; set; }

        public GrainReferenceShared Shared(GrainType type, Func<GrainType, InterfaceBinding, GrainReferenceShared> make) =>
            _shared.TryGetValue(type, out GrainReferenceShared? shared) ? shared : _shared.GetOrAdd(type, make, this);
    }
}
