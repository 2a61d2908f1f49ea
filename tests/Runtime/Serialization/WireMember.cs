using System.Collections.Concurrent;
using System.Reflection;
using Orleans;

namespace Actors.Runtime.Tests.Serialization;

/// <summary>A member that crosses the wire, found by reflection: an opinion independent of the generator's.</summary>
internal sealed class WireMember
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<WireMember>> Known = new();

    private readonly FieldInfo? _field;
    private readonly PropertyInfo? _property;

    private WireMember(FieldInfo? field, PropertyInfo? property)
    {
        _field = field;
        _property = property;
    }

    public string Name => _property?.Name ?? _field!.Name;

    public Type Type => _property?.PropertyType ?? _field!.FieldType;

    /// <summary>The members of the type and of its base classes.</summary>
    public static IReadOnlyList<WireMember> Of(Type type) => Known.GetOrAdd(type, Find);

    private static List<WireMember> Find(Type type)
    {
        const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var members = new List<WireMember>();
        for (var level = type; level is not null; level = level.BaseType)
        {
            var generatesIds = level.GetCustomAttribute<GenerateSerializerAttribute>()?.GenerateFieldIds == GenerateFieldIds.PublicProperties;
            members.AddRange(level.GetFields(Declared).Where(static field => field.IsDefined(typeof(IdAttribute), inherit: false)).Select(static field => new WireMember(field, null)));
            foreach (var property in level.GetProperties(Declared))
            {
                if (property.IsDefined(typeof(IdAttribute), inherit: false) || (generatesIds && property is { CanRead: true, CanWrite: true }))
                {
                    members.Add(new WireMember(level.GetField($"<{property.Name}>k__BackingField", Declared), property));
                }
            }
        }

        return members;
    }

    public object? Get(object target) => _property is null ? _field!.GetValue(target) : _property.GetValue(target);

    public void Set(object target, object? value)
    {
        if (_field is not null)
        {
            _field.SetValue(target, value);
        }
        else
        {
            _property!.SetValue(target, value);
        }
    }
}
