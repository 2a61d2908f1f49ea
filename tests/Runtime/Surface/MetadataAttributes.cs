using System.Reflection.Metadata;

namespace Actors.Runtime.Tests.Surface;

/// <summary>Reads custom attributes, those of the compiler's nullable analysis among them.</summary>
internal sealed class MetadataAttributes(MetadataReader reader)
{
    private const int AllTargets = 32767;

    private static readonly HashSet<string> Plain =
        ["GenerateSerializerAttribute", "ImmutableAttribute", "SerializerTransparentAttribute"];

    /// <summary>The attributes of a type that matter to who uses it.</summary>
    public IEnumerable<string> OfType(TypeDefinitionHandle type)
    {
        foreach (var attribute in reader.GetTypeDefinition(type).GetCustomAttributes().Select(reader.GetCustomAttribute))
        {
            var name = Name(attribute);
            if (Plain.Contains(name))
            {
                yield return name[..^"Attribute".Length];
            }
            else if (name == "AliasAttribute")
            {
                var value = reader.GetBlobReader(attribute.Value);
                value.ReadUInt16();
                yield return $"Alias(\"{value.ReadSerializedString()}\")";
            }
            else if (name == "AttributeUsageAttribute")
            {
                yield return Usage(attribute);
            }
        }
    }

    /// <summary>True when an attribute of that name is there.</summary>
    public bool Has(CustomAttributeHandleCollection attributes, string name) =>
        attributes.Select(reader.GetCustomAttribute).Any(attribute => Name(attribute) == name);

    /// <summary>The nullable annotations of something: its own, or else those of what contains it.</summary>
    public NullableFlags Nullable(CustomAttributeHandleCollection? attributes, params ReadOnlySpan<EntityHandle> containers)
    {
        if (attributes is { } own && Find(own, "NullableAttribute") is { } attribute)
        {
            return new NullableFlags(Flags(attribute));
        }

        foreach (var container in containers)
        {
            for (var current = container; !current.IsNil; current = Outer(current))
            {
                if (Find(reader.GetCustomAttributes(current), "NullableContextAttribute") is { } context)
                {
                    var value = reader.GetBlobReader(context.Value);
                    value.ReadUInt16();
                    return new NullableFlags([value.ReadByte()]);
                }
            }
        }

        return new NullableFlags([0]);
    }

    private EntityHandle Outer(EntityHandle container) =>
        container.Kind == HandleKind.TypeDefinition ? reader.GetTypeDefinition((TypeDefinitionHandle)container).GetDeclaringType() : default(EntityHandle);

    private CustomAttribute? Find(CustomAttributeHandleCollection attributes, string name)
    {
        foreach (var attribute in attributes.Select(reader.GetCustomAttribute))
        {
            if (Name(attribute) == name)
            {
                return attribute;
            }
        }

        return null;
    }

    private List<byte> Flags(CustomAttribute attribute)
    {
        var isArray = attribute.Constructor.Kind switch
        {
            HandleKind.MemberReference => TakesArray(reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Signature),
            _ => TakesArray(reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).Signature),
        };
        var value = reader.GetBlobReader(attribute.Value);
        value.ReadUInt16();
        if (!isArray)
        {
            return [value.ReadByte()];
        }

        var flags = new byte[value.ReadInt32()];
        for (var i = 0; i < flags.Length; i++)
        {
            flags[i] = value.ReadByte();
        }

        return [.. flags];
    }

    private bool TakesArray(BlobHandle signature)
    {
        var blob = reader.GetBlobReader(signature);
        blob.ReadSignatureHeader();
        blob.ReadCompressedInteger();
        blob.ReadSignatureTypeCode();
        return blob.ReadSignatureTypeCode() == SignatureTypeCode.SZArray;
    }

    private string Usage(CustomAttribute attribute)
    {
        var value = reader.GetBlobReader(attribute.Value);
        value.ReadUInt16();
        var targets = value.ReadInt32();
        var text = (targets == 0 ? AllTargets : targets).ToString(System.Globalization.CultureInfo.InvariantCulture);
        for (var named = value.ReadUInt16(); named > 0; named--)
        {
            value.ReadByte(); // property
            value.ReadByte(); // of type bool: both are
            var name = value.ReadSerializedString();
            var flag = value.ReadBoolean();
            text += name == "AllowMultiple" && flag ? ", AllowMultiple" : name == "Inherited" && !flag ? ", not Inherited" : "";
        }

        return $"AttributeUsage({text})";
    }

    private string Name(CustomAttribute attribute)
    {
        var type = attribute.Constructor.Kind == HandleKind.MemberReference
            ? reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent
            : reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType();
        return type.Kind switch
        {
            HandleKind.TypeReference => reader.GetString(reader.GetTypeReference((TypeReferenceHandle)type).Name),
            HandleKind.TypeDefinition => reader.GetString(reader.GetTypeDefinition((TypeDefinitionHandle)type).Name),
            _ => "",
        };
    }
}
