//! Memory that the calls of a fused rule share: where it is declared, taken and put back.

use super::forward::Forward;
use super::Reader;
use crate::ir::{Region, Value};
use crate::rooms::{Room, Rooms};
use proc_macro2::{Ident, TokenStream};
use quote::quote;

impl Reader<'_, '_, '_> {
    /// The variable outside the rule in which such a vector is kept, if it is.
    pub(super) fn room(&self, room: Room) -> Option<Ident> {
        let is_kept = self.rooms.is_some_and(|rooms| rooms.has(room));
        is_kept.then(|| self.room_ident(room))
    }

    /// The memory that starts as this vector and the variable in which it is kept, if it is.
    pub(super) fn room_of(&self, value: Value) -> Option<(Value, Ident)> {
        let memory = self.rooms?.starting(value)?;
        Some((memory, self.room(Room::Memory(memory))?))
    }

    /// Whether each run writes all of memory that is kept before it reads it.
    pub(super) fn is_anew(&self, memory: Value) -> bool {
        self.rooms.is_some_and(|rooms| rooms.is_anew(memory))
    }

    fn room_ident(&self, room: Room) -> Ident {
        let inside = self.inside(room);
        Ident::new(&format!("room_{inside}"), inside.span())
    }

    /// The variable inside the rule.
    fn inside(&self, room: Room) -> Ident {
        match room {
            Room::Memory(value)
            | Room::Versions(value)
            | Room::Collected(value)
            | Room::Tape(value) => self.ident(value),
            Room::Cotangent(value) => self.cotangent_ident(value),
            Room::Tapes(value) | Room::Copies(value) => self.flat(value),
        }
    }

    /// Puts the vectors of a run of a region back that are not but lent to it.
    // Out:  room_y = y;
    pub(super) fn put_back(&self, region: &Region) -> TokenStream {
        let Some(rooms) = self.rooms else {
            return TokenStream::new();
        };
        let is_lent = |room: &&Room| match room {
            Room::Versions(_) => true,
            Room::Cotangent(memory) => self.sweeps.plan.has_versions(*memory),
            _ => false,
        };
        let rooms = rooms.of(self.sweeps.index.id(region)).iter();
        let back = rooms.filter(|room| !is_lent(room)).map(|room| {
            let (outside, inside) = (self.room_ident(*room), self.inside(*room));
            quote!(#outside = #inside;)
        });
        back.collect()
    }
}

impl Forward<'_, '_, '_> {
    /// The variables outside the rule.
    // Out:  let mut room_y = Vec::new();
    pub(super) fn rooms(&self, rooms: &Rooms) -> TokenStream {
        let all = rooms.iter().map(|room| {
            let ident = self.0.room_ident(room);
            match room {
                Room::Versions(memory) => {
                    let ty = self.ty(memory);
                    quote!(let mut #ident #ty = ::std::vec::Vec::new();)
                }
                Room::Copies(_) => {
                    quote!(let mut #ident = ::micrograd_core::emitted::Copies::none();)
                }
                _ => quote!(let mut #ident = ::std::vec::Vec::new();),
            }
        });
        all.collect()
    }
}
